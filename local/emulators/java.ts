import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** What the emulators of a Google Cloud SDK run on; those of firebase-tools want a newer one. */
export const sdkJava = 17;

/** Where Linux and macOS keep further Java installations, beside the one on the PATH. */
const javaFolders = [
  { folder: "/usr/lib/jvm", binary: "bin/java" },
  { folder: "/Library/Java/JavaVirtualMachines", binary: "Contents/Home/bin/java" },
];

/**
 * Finds a Java that is new enough: `JAVA_HOME`, then the PATH, then what lies in the system's Java folders.
 *
 * @param minimum - the major version that the emulator needs.
 * @returns the command that starts it.
 * @throws Error saying what was found and what to install.
 */
export async function findJava(minimum: number): Promise<string> {
  const found: string[] = [];
  for (const command of await candidates()) {
    const version = await majorVersion(command);
    if (version === undefined) continue;
    if (version >= minimum) return command;
    found.push(`${command} is Java ${version}`);
  }
  const seen = found.length === 0 ? "none was found" : found.join(", ");
  throw new Error(
    `the emulators need Java ${minimum} or newer; ${seen}.\n` +
      `Install one (Debian: apt-get install openjdk-${minimum}-jre-headless, macOS: brew install temurin) or set JAVA_HOME.` +
      (minimum > sdkJava ? ` The emulators of a Google Cloud SDK need Java ${sdkJava} only.` : ""),
  );
}

async function candidates(): Promise<string[]> {
  const home = process.env.JAVA_HOME;
  const further = await Promise.all(
    javaFolders.map(async ({ folder, binary }) => {
      const names = await readdir(folder).catch(() => []);
      return names.sort().map((name) => join(folder, name, binary));
    }),
  );
  return [...(home === undefined ? [] : [join(home, "bin", "java")]), "java", ...further.flat()];
}

/** @returns the major version, or `undefined` when `command` is no Java. */
async function majorVersion(command: string): Promise<number | undefined> {
  try {
    const { stderr } = await run(command, ["-version"], { timeout: 10_000 });
    const version = /version "(?:1\.)?(\d+)/.exec(stderr)?.[1];
    return version === undefined ? undefined : Number(version);
  } catch {
    return undefined; // not there, or not a Java: the next candidate may be one
  }
}
