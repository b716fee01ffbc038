import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { startEmulators } from "./emulators.ts";
import { type Ports, portsFrom } from "./ports.ts";
import { answers, assertPortsFree, type Running, startProcess } from "./process.ts";

const root = join(import.meta.dirname, "..");
const host = "127.0.0.1";

/** Where the output of one set's processes goes. */
export function logDirectoryOf(base: number): string {
  return join(root, ".local", "logs", String(base));
}

/** Where one set keeps what it writes while it runs. */
export function runDirectoryOf(base: number): string {
  return join(root, ".local", "run", String(base));
}

/** The emulators and stand-ins of one port base, without functions or gateway: what tests talk to. */
export type EmulatorSet = {
  ports: Ports;
  processes: Running[];
  /** What a process that talks to them needs in its environment. */
  environment: Record<string, string>;
  stop(): Promise<void>;
};

/**
 * Starts every emulator and stand-in of one port base.
 *
 * @param options.project - the Cloud Storage and Auth emulators' own project; others work too.
 * @param options.clockFile - by which schedules go; the machine's clock when absent.
 * @throws Error when a port is taken, Java or a jar is missing, or one does not come up; nothing is left running then.
 */
export async function startEmulatorSet(options: {
  base: number;
  project: string;
  clockFile?: string;
}): Promise<EmulatorSet> {
  const ports = portsFrom(options.base);
  await assertPortsFree(emulatorPorts(ports));
  const logDirectory = logDirectoryOf(ports.base);
  mkdirSync(logDirectory, { recursive: true });
  const starts = await Promise.allSettled([
    startEmulators({
      project: options.project,
      ports,
      logDirectory,
      dataDirectory: join(runDirectoryOf(ports.base), "tmp"),
    }),
    startStandins(ports, logDirectory, options.clockFile).then((standins) => [standins]),
  ]);
  const processes = starts.flatMap((start) => (start.status === "fulfilled" ? start.value : []));
  const stop = async () => {
    await Promise.all(processes.map((process) => process.stop()));
    rmSync(runDirectoryOf(ports.base), { recursive: true, force: true });
  };
  const failed = starts.find((start) => start.status === "rejected");
  if (failed !== undefined) {
    await stop();
    throw failed.reason;
  }
  return { ports, processes, environment: environmentOf(ports), stop };
}

function startStandins(ports: Ports, logDirectory: string, clockFile?: string): Promise<Running> {
  return startProcess({
    name: "stand-ins",
    command: process.execPath,
    args: [
      join(import.meta.dirname, "standins/main.ts"),
      String(ports.base),
      ...(clockFile === undefined ? [] : [clockFile]),
    ],
    logDirectory,
    isReady: () => answers(`http://${host}:${ports.standins}/health`),
    readyWithinMs: 60_000,
  });
}

/** Which service takes which port. */
export function emulatorPorts(ports: Ports): Record<string, number> {
  return {
    "the Firestore emulator": ports.firestore,
    "the Firestore emulator's websocket": ports.firestoreWebsocket,
    "the Pub/Sub emulator": ports.pubsub,
    "the Auth emulator": ports.auth,
    "the Cloud Storage emulator": ports.storage,
    "the Cloud KMS stand-in": ports.kms,
    "the Vertex AI stand-in": ports.vertex,
    "the Cloud Scheduler stand-in": ports.scheduler,
    "the Stripe stand-in": ports.stripe,
    "the Postmark stand-in": ports.postmark,
    "the stand-ins' control": ports.standins,
  };
}

/** The settings of `functions/src/platform/config.ts` that name endpoints, and `LETHE_STANDINS`, their control address. */
export function environmentOf(ports: Ports): Record<string, string> {
  return {
    METADATA_SERVER_DETECTION: "none",
    FIRESTORE_EMULATOR_HOST: `${host}:${ports.firestore}`,
    PUBSUB_EMULATOR_HOST: `${host}:${ports.pubsub}`,
    FIREBASE_AUTH_EMULATOR_HOST: `${host}:${ports.auth}`,
    STORAGE_EMULATOR_HOST: `http://${host}:${ports.storage}`,
    KMS_ENDPOINT: `${host}:${ports.kms}`,
    VERTEX_ENDPOINT: `http://${host}:${ports.vertex}`,
    SCHEDULER_ENDPOINT: `${host}:${ports.scheduler}`,
    STRIPE_ENDPOINT: `http://${host}:${ports.stripe}`,
    POSTMARK_ENDPOINT: `http://${host}:${ports.postmark}`,
    LETHE_STANDINS: `http://${host}:${ports.standins}`,
  };
}
