import { readFileSync } from "node:fs";
import { startEmulatorSet } from "../emulator-set.ts";
import { findFreeBase } from "../process.ts";

/**
 * Runs a measurement against emulators and stand-ins: those that the file LETHE_TEST_EMULATORS names lists, else a set of
 * its own on free ports, which ends with it. This process's environment names them meanwhile.
 */
export async function withEmulators<T>(
  project: string,
  measure: (environment: Readonly<Record<string, string>>) => Promise<T>,
): Promise<T> {
  const shared = process.env.LETHE_TEST_EMULATORS;
  if (shared !== undefined && shared !== "") {
    const environment = JSON.parse(readFileSync(shared, "utf8")) as Record<string, string>;
    return withEnvironment(environment, () => measure(environment));
  }
  const set = await startEmulatorSet({ base: await findFreeBase(), project });
  try {
    return await withEnvironment(set.environment, () => measure(set.environment));
  } finally {
    await set.stop();
  }
}

/** Runs something with other settings in this process's environment, where Google's clients look for emulators. */
export async function withEnvironment<T>(
  environment: Readonly<Record<string, string>>,
  run: () => Promise<T>,
): Promise<T> {
  const before = Object.fromEntries(Object.keys(environment).map((name) => [name, process.env[name]]));
  Object.assign(process.env, environment);
  try {
    return await run();
  } finally {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}
