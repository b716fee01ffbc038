/**
 * Measures what the product promises to be fast and small at:
 *
 *   npm run figures [-- NAME...] [--json]
 *
 * All groups by default. `--json` prints one line a figure and nothing else. Ends with 1 when a goal is missed or a
 * group could not be measured.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type EmulatorSet, startEmulatorSet } from "../emulator-set.ts";
import { findFreeBase } from "../process.ts";
import type { Figure } from "./figure.ts";
import { figureLine, figureTable } from "./print.ts";

type Group = { needsEmulators: boolean; measure: () => Promise<Figure[]> };

/** What can be measured; each module is loaded when its turn comes. */
const groups: Readonly<Record<string, Group>> = {
  turn: { needsEmulators: true, measure: async () => (await import("./turn.ts")).turnFigures() },
  widget: { needsEmulators: false, measure: async () => (await import("./widget.ts")).widgetFigures() },
  retrieval: { needsEmulators: true, measure: async () => (await import("./retrieval.ts")).retrievalFigures() },
  ledger: { needsEmulators: true, measure: async () => (await import("./ledger.ts")).ledgerFigures() },
  seal: { needsEmulators: false, measure: async () => (await import("./seal.ts")).sealFigures() },
  export: { needsEmulators: true, measure: async () => (await import("./export.ts")).exportFigures() },
  erase: { needsEmulators: true, measure: async () => (await import("./erase.ts")).eraseFigures() },
  job: { needsEmulators: true, measure: async () => (await import("./job.ts")).jobFigures() },
};

/** Starts emulators that all groups share, under the variable by which `withEmulators` finds them. */
async function startShared(): Promise<() => Promise<void>> {
  const set: EmulatorSet = await startEmulatorSet({ base: await findFreeBase(), project: "demo-figures" });
  const folder = mkdtempSync(join(tmpdir(), "lethe-figures-"));
  const file = join(folder, "emulators.json");
  writeFileSync(file, JSON.stringify(set.environment));
  process.env.LETHE_TEST_EMULATORS = file;
  return async () => {
    await set.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function measureAll(names: readonly string[], tell: (figures: readonly Figure[]) => void): Promise<boolean> {
  let isFine = true;
  for (const name of names) {
    console.error(`measuring ${name}...`);
    try {
      const figures = (await groups[name]?.measure()) ?? [];
      tell(figures);
      isFine = isFine && figures.every(({ ok }) => ok);
    } catch (error) {
      console.error(`${name} could not be measured:`, error);
      isFine = false;
    }
  }
  return isFine;
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({ options: { json: { type: "boolean" } }, allowPositionals: true });
  const unknown = positionals.filter((name) => groups[name] === undefined);
  if (unknown.length > 0) {
    console.error(`no figures ${unknown.join(", ")}; there are ${Object.keys(groups).join(", ")}`);
    process.exitCode = 2;
    return;
  }
  const names = positionals.length === 0 ? Object.keys(groups) : positionals;
  // Log lines of the code under test would stand between the figures.
  console.log = () => undefined;
  process.env.METADATA_SERVER_DETECTION = "none";
  const isShared = (process.env.LETHE_TEST_EMULATORS ?? "") !== "";
  const stop = !isShared && names.some((name) => groups[name]?.needsEmulators) ? await startShared() : undefined;
  const leave = () => void (stop?.() ?? Promise.resolve()).finally(() => process.exit(130));
  process.once("SIGINT", leave);
  process.once("SIGTERM", leave);
  const print = values.json === true ? (one: readonly Figure[]) => one.map(figureLine).join("") : figureTable;
  try {
    const isFine = await measureAll(names, (figures) => void process.stdout.write(print(figures)));
    process.exitCode = isFine ? 0 : 1;
  } finally {
    await stop?.();
  }
  // Clients of Google's libraries keep sockets open; nothing is under way by now.
  process.stdout.write("", () => process.exit());
}

await main();
