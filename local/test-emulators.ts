/**
 * Runs the emulators and stand-ins that tests talk to, until Ctrl-C, so that several test runs share one set:
 *
 *   node local/test-emulators.ts --port-base 8500
 *   export LETHE_TEST_EMULATORS=.local/run/8500/emulators.json
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runDirectoryOf, startEmulatorSet } from "./emulator-set.ts";
import { portBaseFrom } from "./ports.ts";

const base = portBaseFrom(process.argv.slice(2), 8500);
const set = await startEmulatorSet({ base, project: "demo-lethe-test" });
const file = join(runDirectoryOf(base), "emulators.json");
mkdirSync(runDirectoryOf(base), { recursive: true });
writeFileSync(file, JSON.stringify(set.environment, null, 2));
console.log(`emulators are up; tests use them with\n  export LETHE_TEST_EMULATORS=${file}`);

let stopping = false;
const stop = async () => {
  stopping = true;
  await set.stop();
  process.exit(0);
};
process.once("SIGINT", () => void stop());
process.once("SIGTERM", () => void stop());
await Promise.race(
  set.processes.map(async (running) => {
    await running.ended;
    if (!stopping) console.error(`${running.name} ended by itself; see ${running.logFile}`);
  }),
);
await stop();
