import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { logFolder, type Outcome, root, run, timed, tool } from "./step.ts";

interface JestReport {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numRuntimeErrorTestSuites: number;
  testResults: {
    name: string;
    message: string;
    assertionResults: { status: string; fullName: string; failureMessages: string[] }[];
  }[];
}

/** Runs one jest project and counts from its own report. @param settings - of its environment. */
export function jest(project: string, workers: number, settings: Record<string, string> = {}): Promise<Outcome> {
  return timed(project, async () => {
    if (!hasTests(join(root, "tests", project))) return { passed: 0, failed: 0, skipped: 0, note: "no tests" };
    const report = join(logFolder, `${project}.json`);
    rmSync(report, { force: true });
    const side = workers === 1 ? ["--runInBand"] : ["--maxWorkers", String(workers)];
    const args = ["--selectProjects", project, "--json", "--outputFile", report, ...side];
    const options = "--experimental-vm-modules --disable-warning=ExperimentalWarning";
    const env = { NODE_OPTIONS: options, NODE_ENV: "test", ...settings };
    const { code, output } = await run(project, "jest", args, env);
    if (!existsSync(report)) {
      console.log(output.slice(-6_000));
      return { passed: 0, failed: 1, skipped: 0, note: `jest ended with ${code} and no report` };
    }
    const counts = JSON.parse(readFileSync(report, "utf8")) as JestReport;
    const failed = Math.max(counts.numFailedTests + counts.numRuntimeErrorTestSuites, code === 0 ? 0 : 1);
    const failures = failed > 0 ? failuresIn(counts) : undefined;
    if (failures === "") console.log(output.slice(-6_000));
    return {
      passed: counts.numPassedTests,
      failed,
      skipped: counts.numPendingTests,
      ...(failures === undefined ? {} : { failures }),
    };
  });
}

function hasTests(folder: string): boolean {
  return (
    existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith(".test.ts"))
  );
}

/** Which tests failed and how each began to, from jest's own report; empty when it names none. */
function failuresIn(report: JestReport): string {
  return report.testResults
    .flatMap(({ name, message, assertionResults }) => {
      const file = relative(root, name);
      const failed = assertionResults.filter(({ status }) => status === "failed");
      if (failed.length === 0)
        return assertionResults.length === 0 && message !== "" ? [`✗ ${file}\n${start(message)}`] : [];
      return failed.map((test) => `✗ ${file}: ${test.fullName}\n${start(test.failureMessages.join("\n"))}`);
    })
    .join("\n");
}

function start(message: string): string {
  return stripVTControlCharacters(message).slice(0, 2_000);
}

/** Terraform's own checks; each counts, and a machine without Terraform skips them. */
function terraform(): Promise<Outcome> {
  return timed("terraform", async () => {
    const { output } = await run("terraform", process.execPath, [join(root, "tests/terraform/run.ts")]);
    const last = output.trim().split("\n").at(-1) ?? "";
    const counts = parseCounts(last);
    if (counts === undefined || counts.failed > 0) console.log(output.slice(-6_000));
    return counts ?? { passed: 0, failed: 1, skipped: 0, note: "printed no counts" };
  });
}

function parseCounts(line: string): Omit<Outcome, "name" | "seconds"> | undefined {
  try {
    const { passed, failed, skipped, reason } = JSON.parse(line) as {
      passed: number;
      failed: number;
      skipped: number;
      reason?: string;
    };
    return { passed, failed, skipped, ...(reason === undefined ? {} : { note: reason }) };
  } catch {
    // Not JSON: the caller says that there were no counts.
    return undefined;
  }
}

const format = () => tool("format", "biome", ["check", "--error-on-warnings", "."]);
const types = () => tool("types", "tsc", ["-p", "tsconfig.json", "--noEmit"]);
const consoleTypes = () => tool("types-console", "tsc", ["-p", "hosting/console/tsconfig.json", "--noEmit"]);
const arrows = () =>
  tool("arrows", "depcruise", [
    "functions/src",
    "verify",
    "hosting/widget",
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "err",
  ]);
const lint = () => tool("lint", "eslint", [".", "--max-warnings", "0"], { NODE_OPTIONS: "--max-old-space-size=4096" });

/** One step, or several whose outcomes are told together. */
type Check = () => Promise<Outcome | Outcome[]>;

/** Runs lists of steps side by side: those of one compute while those of another wait for emulators. */
function beside(...lanes: readonly (readonly (() => Promise<Outcome>)[])[]): Check {
  return async () => {
    const outcomes = await Promise.all(
      lanes.map(async (steps) => {
        const own: Outcome[] = [];
        for (const step of steps) own.push(await step());
        return own;
      }),
    );
    return outcomes.flat();
  };
}

const looks = [format, types, consoleTypes, arrows];

/** The quick checks, in the order in which they find most; the simulation plays a fifth of its stories. */
export const quick: readonly Check[] = [...looks, () => jest("unit", 2, { LETHE_STORIES: "100" })];

/** Everything. */
export const all: readonly Check[] = [
  ...looks,
  () => jest("unit", 2),
  beside([lint, terraform], [() => jest("rules", 1), () => jest("ports", 1)]),
  () => jest("integration", 2),
  () => jest("crash", 1),
  () => jest("browser", 1),
];

/** Runs checks one after another; prints `N passed, N failed` and sets the exit code. */
export async function runAll(checks: readonly Check[]): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const check of checks) outcomes.push(...[await check()].flat());
  const sum = (pick: (outcome: Outcome) => number) => outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  // At the end again, where somebody looks first and where a shortened log still has it.
  for (const { failures } of outcomes) if (failures !== undefined) console.log(failures);
  const [passed, failed, skipped] = [sum((o) => o.passed), sum((o) => o.failed), sum((o) => o.skipped)];
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
