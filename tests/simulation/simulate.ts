import { fork } from "node:child_process";
import { parseArgs } from "node:util";
import type { SeedOutcome } from "./simulate-seed.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "500" },
    seed: { type: "string" },
    from: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

/** Plays seeds in one process and sends each outcome to whoever started it. */
async function playRange(from: number, to: number, stride: number): Promise<void> {
  const end = () => process.exit(1);
  process.on("disconnect", end);
  const { simulateSeed } = await import("./simulate-seed.ts");
  for (let seed = from; seed <= to; seed += stride) process.send?.(await simulateSeed(seed));
  // Listening holds the channel open, and with it this process.
  process.off("disconnect", end);
  process.channel?.unref();
}

/** Shares seeds between two processes, one a core. */
function playAll(first: number, count: number): Promise<SeedOutcome[]> {
  const outcomes: SeedOutcome[] = [];
  const half = (offset: number) =>
    new Promise<void>((resolve, reject) => {
      const child = fork(
        import.meta.filename,
        ["--from", String(first + offset), "--seeds", String(first + count - 1)],
        { env: { ...process.env, SIMULATION_CHILD: "1" } },
      );
      child.on("message", (outcome) => {
        outcomes.push(outcome as SeedOutcome);
        if (outcomes.length % 500 === 0) console.error(`${outcomes.length} of ${count} seeds`);
      });
      child.on("exit", (code) => (code === 0 ? resolve() : reject(new Error(`simulation process ended with ${code}`))));
    });
  return Promise.all([half(0), half(1)]).then(() => outcomes);
}

async function main(): Promise<void> {
  const single = values.seed === undefined ? undefined : Number(values.seed);
  const outcomes = await playAll(single ?? Number(values.from), single === undefined ? Number(values.seeds) : 1);
  const failed = outcomes.filter((outcome) => outcome.failures.length > 0).sort((a, b) => a.seed - b.seed);
  for (const { seed, failures } of failed.slice(0, 20))
    console.error(`seed ${seed}: ${failures.slice(0, 6).join("; ")}\n  replay: npm run simulate -- --seed ${seed}`);
  const sum = (pick: (outcome: SeedOutcome) => number) => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  const result = {
    seeds: outcomes.length,
    steps: sum((o) => o.steps),
    faults: sum((o) => o.faults),
    invariantFailures: failed.length,
  };
  if (values.json) console.log(JSON.stringify(result));
  else
    console.log(
      `${result.seeds} seeds, ${result.steps} steps, ${result.faults} faults, ${result.invariantFailures} failures`,
    );
  process.exitCode = failed.length > 0 || outcomes.length === 0 ? 1 : 0;
}

if (process.env.SIMULATION_CHILD === "1") await playRange(Number(values.from), Number(values.seeds), 2);
else await main();
