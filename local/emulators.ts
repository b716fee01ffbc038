import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findJar } from "./emulators/jars.ts";
import { findJava } from "./emulators/java.ts";
import type { Ports } from "./ports.ts";
import { answers, type Running, startProcess } from "./process.ts";

/** The databases a project has, `(default)` aside. */
export const databases = ["data-eu", "data-us", "keys-eu", "keys-us"] as const;

const root = join(import.meta.dirname, "..");
const host = "127.0.0.1";
/** Client compiler only, one collector thread: the emulators start in half the time, and two cores are shared by everything. */
const javaOptions = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Duser.language=en"];

export type EmulatorOptions = {
  project: string;
  ports: Ports;
  logDirectory: string;
  /** Where the Cloud Storage emulator keeps its objects' bytes. */
  dataDirectory: string;
};

/**
 * Starts the Firestore, Pub/Sub, Auth and Cloud Storage emulators, all on 127.0.0.1.
 *
 * @returns the processes, ready for calls.
 * @throws Error when Java or a jar is missing, or one does not come up; those that did are stopped.
 */
export async function startEmulators(options: EmulatorOptions): Promise<Running[]> {
  const starts = await Promise.allSettled([startFirestore(options), startPubsub(options), startFirebase(options)]);
  const running = starts.flatMap((start) => (start.status === "fulfilled" ? [start.value] : []));
  const failed = starts.find((start) => start.status === "rejected");
  if (failed === undefined) return running;
  await Promise.all(running.map((process) => process.stop()));
  throw failed.reason;
}

async function startFirestore({ ports, logDirectory }: EmulatorOptions): Promise<Running> {
  const jar = await findJar("firestore");
  return startProcess({
    name: "firestore",
    command: await findJava(jar.java),
    args: [
      ...javaOptions,
      "-Xmx1g",
      "-cp",
      jar.path,
      "com.google.cloud.datastore.emulator.firestore.CloudFirestore",
      ...["--host", host, "--port", String(ports.firestore), "--websocket_port", String(ports.firestoreWebsocket)],
    ],
    logDirectory,
    isReady: () => answers(`http://${host}:${ports.firestore}/`, "Ok"),
    readyWithinMs: 60_000,
  });
}

async function startPubsub({ ports, logDirectory }: EmulatorOptions): Promise<Running> {
  const jar = await findJar("pubsub");
  return startProcess({
    name: "pubsub",
    command: await findJava(jar.java),
    args: [
      ...javaOptions,
      "-Xmx512m",
      "-cp",
      jar.path,
      "com.google.cloud.pubsub.testing.v1.Main",
      `--host=${host}`,
      `--port=${ports.pubsub}`,
    ],
    logDirectory,
    isReady: () => answers(`http://${host}:${ports.pubsub}/`, "Ok"),
    readyWithinMs: 60_000,
  });
}

async function startFirebase({ project, ports, logDirectory, dataDirectory }: EmulatorOptions): Promise<Running> {
  mkdirSync(dataDirectory, { recursive: true });
  return startProcess({
    name: "auth-and-storage",
    command: process.execPath,
    args: [join(import.meta.dirname, "emulators/firebase.ts"), project, String(ports.auth), String(ports.storage)],
    // The storage emulator keeps bytes under the system's folder for temporary files, which copies would share.
    env: { TMPDIR: dataDirectory },
    logDirectory,
    isReady: async () =>
      (await answers(`http://${host}:${ports.auth}/`, "authEmulator")) &&
      (await answers(`http://${host}:${ports.storage}/b`, "storage#buckets")),
    readyWithinMs: 60_000,
  });
}

/**
 * Loads `firestore.rules` for `(default)` and every named database of a project, as a deployment does.
 *
 * @param firestore - the emulator's host:port.
 * @param rules - the text; without it, the repository's file.
 * @throws Error with the compiler's message when the emulator refuses them.
 */
export async function loadRules(firestore: string, project: string, rules = repositoryRules()): Promise<void> {
  const base = `http://${firestore}/emulator/v1/projects/${project}`;
  const body = JSON.stringify({ rules: { files: [{ name: "firestore.rules", content: rules }] } });
  const targets = [`${base}:securityRules`, ...databases.map((name) => `${base}/databases/${name}:securityRules`)];
  await Promise.all(
    targets.map(async (url) => {
      const response = await fetch(url, { method: "PUT", headers: { "content-type": "application/json" }, body });
      if (!response.ok) throw new Error(`firestore.rules are refused: ${await response.text()}`);
    }),
  );
}

/** Without the file, nothing is open: what a database has before its first deployment. */
function repositoryRules(): string {
  const file = join(root, "firestore.rules");
  if (existsSync(file)) return readFileSync(file, "utf8");
  return "rules_version = '2'; service cloud.firestore { match /{document=**} { allow read, write: if false; } }";
}
