import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, realpath } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { sdkJava } from "./java.ts";

const run = promisify(execFile);

export type Emulator = "firestore" | "pubsub";

/** An emulator's jar and the oldest Java that runs it. */
export type Jar = { path: string; java: number };

const jarNames = {
  firestore: { sdk: ["cloud-firestore-emulator"], cache: [], jar: /^cloud-firestore-emulator.*\.jar$/ },
  pubsub: {
    sdk: ["pubsub-emulator", "lib"],
    cache: ["pubsub-emulator", "lib"],
    jar: /^cloud-pubsub-emulator-.*-all\.jar$/,
  },
} as const;

/**
 * Finds the jar of a Google emulator: in a Google Cloud SDK, in the cache of the Firebase tools, else lets these fetch it.
 *
 * @throws Error that says what to install when it is nowhere and cannot be fetched.
 */
export async function findJar(emulator: Emulator): Promise<Jar> {
  const found = (await findInSdk(emulator)) ?? (await findInCache(emulator));
  if (found !== undefined) return found;
  const failure = await fetchJar(emulator);
  const fetched = await findInCache(emulator);
  if (fetched !== undefined) return fetched;
  throw new Error(
    `the ${emulator} emulator was not found in a Google Cloud SDK nor in ${firebaseCache()}, and could not be fetched` +
      `${failure === undefined ? "" : ` (${failure})`}.\n` +
      `Install it with one of:\n` +
      `  gcloud components install ${emulator === "firestore" ? "cloud-firestore-emulator" : "pubsub-emulator"}\n` +
      `  apt-get install google-cloud-cli-${emulator}-emulator\n` +
      `  npx firebase setup:emulators:${emulator}`,
  );
}

async function findInSdk(emulator: Emulator): Promise<Jar | undefined> {
  const { sdk, jar } = jarNames[emulator];
  for (const root of await sdkRoots()) {
    const path = await newestIn(join(root, "platform", ...sdk), jar);
    // The jars of the SDK are built for Java 11; 17 is the oldest that still gets fixes.
    if (path !== undefined) return { path, java: sdkJava };
  }
  return undefined;
}

/** Google Cloud SDKs: the one named, the one on the PATH, the usual places. */
async function sdkRoots(): Promise<string[]> {
  const named = process.env.CLOUDSDK_ROOT_DIR;
  const roots = named === undefined ? [] : [named];
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    const gcloud = join(folder, "gcloud");
    if (existsSync(gcloud)) roots.push(dirname(dirname(await realpath(gcloud))));
  }
  return [...roots, "/usr/lib/google-cloud-sdk", "/opt/google-cloud-sdk", join(homedir(), "google-cloud-sdk")];
}

async function findInCache(emulator: Emulator): Promise<Jar | undefined> {
  const { cache, jar } = jarNames[emulator];
  const folders = emulator === "firestore" ? [firebaseCache()] : await unpackedIn(firebaseCache(), "pubsub-emulator-");
  for (const folder of folders) {
    const path = await newestIn(join(folder, ...cache), jar);
    if (path !== undefined) return { path, java: 21 };
  }
  return undefined;
}

function firebaseCache(): string {
  return process.env.FIREBASE_EMULATORS_PATH ?? join(homedir(), ".cache", "firebase", "emulators");
}

async function unpackedIn(folder: string, prefix: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names
    .filter((name) => name.startsWith(prefix) && !name.endsWith(".zip"))
    .sort(newestFirst)
    .map((name) => join(folder, name));
}

async function newestIn(folder: string, pattern: RegExp): Promise<string | undefined> {
  const names = await readdir(folder).catch(() => []);
  const newest = names.filter((name) => pattern.test(name)).sort(newestFirst)[0];
  return newest === undefined ? undefined : join(folder, newest);
}

function newestFirst(left: string, right: string): number {
  return right.localeCompare(left, "en", { numeric: true });
}

/** @returns why it failed, or `undefined` when the tool says it worked. */
async function fetchJar(emulator: Emulator): Promise<string | undefined> {
  const firebase = join(import.meta.dirname, "../../node_modules/firebase-tools/lib/bin/firebase.js");
  console.log(`fetching the ${emulator} emulator with the Firebase tools...`);
  try {
    await run(process.execPath, [firebase, `setup:emulators:${emulator}`], { timeout: 300_000 });
    return undefined;
  } catch (error) {
    const printed = error instanceof Error && "stdout" in error ? `${String(error.stdout)}` : "";
    return /Error: (.*)/.exec(printed)?.[1] ?? (error instanceof Error ? error.message : String(error));
  }
}
