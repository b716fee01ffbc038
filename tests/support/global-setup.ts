import { readFileSync } from "node:fs";
import { startEmulatorSet } from "../../local/emulator-set.ts";
import { findFreeBase } from "../../local/process.ts";
import { keepSet } from "./emulators.ts";

/**
 * Gives every worker the addresses of running emulators: those that the file LETHE_TEST_EMULATORS names lists, else a set of
 * its own on free ports. Jest runs this once, before the workers start, and they inherit the environment.
 */
// Jest looks for a default export.
// eslint-disable-next-line no-restricted-exports
export default async function setUp(): Promise<void> {
  const shared = process.env.LETHE_TEST_EMULATORS;
  if (shared !== undefined && shared !== "") {
    Object.assign(process.env, JSON.parse(readFileSync(shared, "utf8")));
    return;
  }
  const set = await startEmulatorSet({ base: await findFreeBase(), project: "demo-lethe-test" });
  keepSet(set);
  Object.assign(process.env, set.environment);
}
