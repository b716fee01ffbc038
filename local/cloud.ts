import { appendFileSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readFunctions } from "../terraform/functions.ts";
import { type Built, buildFunctions, buildSite, linkBundles, siteFolder } from "./build.ts";
import { offsetMsFrom } from "./clock-file.ts";
import { startControl } from "./control.ts";
import { loadDemo } from "./demo.ts";
import { type EmulatorSet, emulatorPorts, logDirectoryOf, runDirectoryOf, startEmulatorSet } from "./emulator-set.ts";
import {
  clockFileOf,
  consoleConfig,
  consoleHeaders,
  createSecrets,
  functionEnvironment,
  writeLinkSigningKey,
} from "./environment.ts";
import { startGateway } from "./gateway.ts";
import { createInstances, type Instances } from "./instances.ts";
import { close } from "./listen.ts";
import { subscriptionsOf } from "./messaging.ts";
import { defaultPortBase, type Ports, portsFrom, type Region, regions } from "./ports.ts";
import { answers, assertPortsFree } from "./process.ts";
import { startPushGate } from "./push.ts";
import { type ReadyReport, readyReport, removeReady, writeReady } from "./ready-file.ts";
import { makeResources } from "./resources.ts";
import { createSchedules } from "./schedules.ts";
import { createSite } from "./site.ts";

const root = join(import.meta.dirname, "..");
const host = "127.0.0.1";
/** Functions that the first visitor and the first member of staff need: started before anybody asks. */
const startedAtBoot = ["auth", "console", "widget", "chat-turn"];

export type CloudOptions = {
  base?: number;
  /** Whether the demo tenants are loaded. */
  seeded?: boolean;
  /** Whether console and widget are built and served; tests without a browser go without. */
  site?: boolean;
  /** A Google Cloud project whose Vertex AI is asked, with this machine's credentials, instead of the stand-in. */
  vertexProject?: string | undefined;
  /** Whether `.local/ready.json` tells programs of it; a test's own cloud leaves the developer's alone. */
  announced?: boolean;
  /** Told what happens, a line at a time. */
  tell?: (line: string) => void;
};

/** A running local cloud. */
export type Cloud = {
  ports: Ports;
  report: ReadyReport;
  built: Built[];
  emulators: EmulatorSet;
  instances: Instances;
  /** The environment of a function of a region. */
  environment(region: Region): Record<string, string>;
  stop(): Promise<void>;
};

/**
 * Builds and starts the whole system on this machine, and loads the demo tenants.
 *
 * @throws Error when a port is taken, something to run is missing, a part does not build or start, or the seed fails; nothing is
 * left running then.
 */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  // Client libraries would look for a Google Cloud machine's identity for seconds.
  process.env.METADATA_SERVER_DETECTION = "none";
  const ports = portsFrom(options.base ?? defaultPortBase);
  const functions = readFunctions();
  const isAnnounced = options.announced !== false;
  if (await answers(`http://${host}:${ports.control}/health`).catch(() => false)) {
    throw new Error(
      `a local cloud runs at port base ${ports.base}: stop it, or start another with --port-base ${ports.base + 1000}`,
    );
  }
  await assertPortsFree({ ...emulatorPorts(ports), ...gatewayPorts(ports, Object.keys(functions)) });
  if (isAnnounced) removeReady(ports.base);
  rmSync(logDirectoryOf(ports.base), { recursive: true, force: true });
  rmSync(runDirectoryOf(ports.base), { recursive: true, force: true });
  mkdirSync(runDirectoryOf(ports.base), { recursive: true });
  const undo: (() => Promise<void>)[] = [];
  const stop = async () => {
    if (isAnnounced) removeReady(ports.base);
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return await start(options, ports, undo, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: CloudOptions,
  ports: Ports,
  undo: (() => Promise<void>)[],
  stop: () => Promise<void>,
): Promise<Cloud> {
  const tell = options.tell ?? (() => {});
  const functions = readFunctions();
  const project = options.vertexProject ?? "demo-lethe";
  const clockFile = clockFileOf(ports.base);
  const onError = errorLog(ports.base);
  const [emulators, built] = await settled([
    startEmulatorSet({ base: ports.base, project, clockFile }).then((set) => {
      undo.push(() => set.stop());
      tell("emulators and stand-ins are up");
      return set;
    }),
    Promise.all([buildFunctions(), options.site === false ? [] : buildSite()]).then((parts) => {
      tell("functions, console and widget are built");
      return parts.flat();
    }),
  ]);
  const subscriptions = regions.flatMap((region) => subscriptionsOf(functions, region));
  const secrets = createSecrets(await makeResources(ports, project, subscriptions));
  const linkSigningKeyFile = writeLinkSigningKey(ports.base);
  const environment = (region: Region) =>
    functionEnvironment({
      ...{ ports, project, region, secrets, linkSigningKeyFile },
      realModel: options.vertexProject !== undefined,
    });
  const bundles = join(runDirectoryOf(ports.base), "functions");
  linkBundles(bundles);
  const instances = createInstances({
    functions,
    ports,
    bundles,
    logDirectory: logDirectoryOf(ports.base),
    cacheDirectory: join(root, ".local", "compile-cache"),
    environmentOf: environment,
  });
  undo.push(() => instances.stop());
  const site = createSite({
    folder: siteFolder,
    firebaseJson: join(root, "firebase.json"),
    extra: consoleHeaders(ports),
    made: { "/config.json": JSON.stringify(consoleConfig(ports, project)) },
  });
  const gateway = await startGateway({ ports, functions, instances, site, onError });
  undo.push(() => gateway.close());
  const now = () => Date.now() + offsetMsFrom(clockFile);
  const pubsub = `${host}:${ports.pubsub}`;
  const gate = await startPushGate({
    ...{ port: ports.push, pubsub, project, functions, subscriptions, instances, now, onError },
  });
  undo.push(() => gate.close());
  const state = { ready: false };
  const control = await startControl({
    port: ports.control,
    clockFile,
    health: () => ({
      ready: state.ready,
      services: Object.fromEntries(emulators.processes.map((process) => [process.name, process.alive()])),
    }),
    instances: () => instances.running(),
    onError,
  });
  undo.push(() => close(control));
  await Promise.all([createSchedules(ports, project, functions), warm(instances)]);
  tell("gateway and schedules are up");
  const tenants = options.seeded === false ? [] : await loadDemo(ports, environment, gateway, tell);
  const report = readyReport({ ports, project, subscriptions, tenants });
  state.ready = true;
  if (options.announced !== false) writeReady(report);
  return { ports, report, built, emulators, instances, environment, stop };
}

/** Waits for all, so that what a failure leaves running is known and can be stopped. */
async function settled<T extends readonly Promise<unknown>[]>(
  work: [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

async function warm(instances: Instances): Promise<void> {
  await Promise.all(
    startedAtBoot.flatMap((functionName) => regions.map((region) => instances.portFor({ functionName, region }))),
  );
}

function gatewayPorts(ports: Ports, functionNames: readonly string[]): Record<string, number> {
  const instances = functionNames.flatMap((name, at) =>
    regions.map((region, offset) => [
      `function ${name} (${region})`,
      ports.firstInstance + at * regions.length + offset,
    ]),
  );
  return {
    "the app origin": ports.app,
    "the API of region eu": ports.api.eu,
    "the API of region us": ports.api.us,
    ...Object.fromEntries(ports.shops.map((port, at) => [`demo shop ${at + 1}`, port])),
    "Pub/Sub pushes and schedules": ports.push,
    "the local control": ports.control,
    ...Object.fromEntries(instances),
  };
}

function errorLog(base: number): (error: unknown) => void {
  const file = join(logDirectoryOf(base), "gateway.log");
  return (error) => {
    mkdirSync(logDirectoryOf(base), { recursive: true });
    appendFileSync(file, `${new Date().toISOString()} ${error instanceof Error ? error.stack : String(error)}\n`);
  };
}
