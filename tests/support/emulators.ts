import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { type EmulatorSet, logDirectoryOf } from "../../local/emulator-set.ts";
import { loadRules } from "../../local/emulators.ts";

/** Jest loads set-up and teardown with two module registries, so the set waits for its end on the global object. */
const kept = Symbol.for("lethe.test-emulators");
const place: Record<symbol, EmulatorSet | undefined> = globalThis as never;

/** Remembers the set that the teardown stops. */
export function keepSet(set: EmulatorSet): void {
  place[kept] = set;
}

/** Stops the set that `keepSet` was given, if any, and removes its logs. */
export async function stopKeptSet(): Promise<void> {
  const set = place[kept];
  place[kept] = undefined;
  if (set === undefined) return;
  await set.stop();
  rmSync(logDirectoryOf(set.ports.base), { recursive: true, force: true });
}

/** A project of this test file's own: nothing that another file writes is in it. */
export function randomProject(): string {
  return `demo-test-${randomBytes(6).toString("hex")}`;
}

/**
 * One address of the running emulators.
 *
 * @param name - as in `functions/src/platform/config.ts`, such as KMS_ENDPOINT; or LETHE_STANDINS.
 * @throws Error when the jest project starts no emulators.
 */
export function endpoint(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: does this test's jest project start emulators?`);
  return value;
}

/**
 * Loads Firestore rules for a test's project, into every database.
 *
 * @param rules - their text; the repository's `firestore.rules` when absent.
 */
export function useRules(project: string, rules?: string): Promise<void> {
  return loadRules(endpoint("FIRESTORE_EMULATOR_HOST"), project, rules);
}

/** How the model misbehaves on its next `count` answers; `none` ends it. */
export async function failModel(mode: string, count = 1): Promise<void> {
  const response = await fetch(`${endpoint("VERTEX_ENDPOINT")}/standin/faults`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ mode, count }),
  });
  if (!response.ok) throw new Error(`the Vertex AI stand-in knows no fault ${mode}`);
}
