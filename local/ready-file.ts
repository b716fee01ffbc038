import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { environmentOf, logDirectoryOf, runDirectoryOf } from "./emulator-set.ts";
import { databases } from "./emulators.ts";
import { originsOf } from "./environment.ts";
import type { Subscription } from "./messaging.ts";
import { bucketsOf } from "./places.ts";
import { type Ports, regions } from "./ports.ts";
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
  for (const file of [join(runDirectoryOf(report.portBase), "ready.json"), readyFile]) {
    // Renamed into place: who waits for the file never reads half of it.
    writeFileSync(`${file}.part`, text);
    renameSync(`${file}.part`, file);
  }
}

/** Removes the report of a cloud that is gone, or not there yet; that of another cloud which runs stays. */
export function removeReady(base: number): void {
  if (portBaseIn(readyFile) === base) rmSync(readyFile, { force: true });
}

/** @returns the port base of a report, or `undefined` when there is no report. */
function portBaseIn(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const report: unknown = JSON.parse(readFileSync(file, "utf8"));
  return typeof report === "object" && report !== null && "portBase" in report ? Number(report.portBase) : undefined;
}
