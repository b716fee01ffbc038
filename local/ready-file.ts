import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { environmentOf, logDirectoryOf, runDirectoryOf } from "./emulator-set.ts";
import { databases } from "./emulators.ts";
import { originsOf } from "./environment.ts";
import type { Subscription } from "./messaging.ts";
import { bucketsOf } from "./places.ts";
import { type Ports, regions } from "./ports.ts";
import { isAlive } from "./process.ts";
import type { SeededTenant } from "./seed/seed.ts";

/** Where a program finds what it needs to talk to the local cloud of this clone. */
export const readyFile = join(import.meta.dirname, "../.local/ready.json");

/** Says where everything is, for tests and for programs of the developer. */
export function readyReport(options: {
  ports: Ports;
  project: string;
  subscriptions: readonly Subscription[];
  tenants: readonly SeededTenant[];
}) {
  const { ports, project } = options;
  const { app, api, loopback } = originsOf(ports);
  const local = (port: number) => `127.0.0.1:${port}`;
  return {
    pid: process.pid,
    portBase: ports.base,
    project,
    app,
    api,
    /** The same listeners by names that Node resolves. */
    loopback,
    control: `http://${local(ports.control)}`,
    mail: `http://${local(ports.postmark)}/mail`,
    standins: `http://${local(ports.standins)}`,
    emulators: {
      firestore: local(ports.firestore),
      pubsub: local(ports.pubsub),
      auth: local(ports.auth),
      storage: local(ports.storage),
      kms: local(ports.kms),
      vertex: local(ports.vertex),
      scheduler: local(ports.scheduler),
      stripe: local(ports.stripe),
      postmark: local(ports.postmark),
    },
    /** Settings under which the client libraries find the emulators. */
    environment: environmentOf(ports),
    databases: ["(default)", ...databases],
    buckets: regions.flatMap((region) => bucketsOf(project, region)),
    topics: options.subscriptions.map((subscription) => subscription.name),
    logs: logDirectoryOf(ports.base),
    tenants: options.tenants,
  };
}

export type ReadyReport = ReturnType<typeof readyReport>;

/** Writes the report; its presence means that the cloud is ready. A later cloud of the same clone replaces it. */
export function writeReady(report: ReadyReport): void {
  mkdirSync(join(readyFile, ".."), { recursive: true });
  const text = `${JSON.stringify(report, null, 2)}\n`;
  for (const file of [ownFile(report.portBase), readyFile]) {
    // Renamed into place: who waits for the file never reads half of it.
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  }
}

/** Each cloud's own report, which no other replaces. */
function ownFile(base: number): string {
  return join(runDirectoryOf(base), "ready.json");
}

/**
 * Removes the report of a cloud that is gone, or not there yet; that of another cloud which runs stays, and where this one
 * had replaced it, it comes back.
 */
export function removeReady(base: number): void {
  rmSync(ownFile(base), { force: true });
  if (reportIn(readyFile)?.portBase !== base) return;
  rmSync(readyFile, { force: true });
  const runs = join(runDirectoryOf(base), "..");
  const others = existsSync(runs) ? readdirSync(runs).map((name) => ownFile(Number(name))) : [];
  const running = others.find((file) => isAlive(reportIn(file)?.pid ?? 0));
  if (running !== undefined) copyFileSync(running, readyFile);
}

const reportShape = z.looseObject({ portBase: z.number(), pid: z.number() });

/** @returns undefined when there is no report, or none of ours. */
function reportIn(file: string): z.infer<typeof reportShape> | undefined {
  if (!existsSync(file)) return undefined;
  return reportShape.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
}
