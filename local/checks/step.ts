import { spawn } from "node:child_process";
import { createWriteStream, mkdirSync } from "node:fs";
import { join } from "node:path";

/** What a check came to; a whole tool such as the linter counts as one test. */
export interface Outcome {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  seconds: number;
  /** Why something was skipped, or where to read what failed. */
  note?: string;
  /** The failed tests and how each began to fail; a whole tool's output is printed as it ends. */
  failures?: string;
}

export const root = join(import.meta.dirname, "../..");
export const logFolder = join(root, ".local/checks");
mkdirSync(logFolder, { recursive: true });

/** No check takes half as long: one that hangs ends, and fails, before the whole run's time is up. */
const limitMs = 20 * 60_000;

/**
 * Runs a command of `node_modules/.bin` or an absolute one; its output goes to a log and, when it fails, to the screen.
 *
 * @returns exit code and everything it printed.
 */
export function run(
  name: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const log = createWriteStream(join(logFolder, `${name}.log`));
    const child = spawn(command, args, {
      cwd: root,
      env: {
        ...process.env,
        PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH ?? ""}`,
        METADATA_SERVER_DETECTION: "none",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const timer = setTimeout(() => child.kill("SIGKILL"), limitMs);
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        output += bytes.toString();
        log.write(bytes);
      });
    }
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      log.end();
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Times a check and prints its line. */
export async function timed(name: string, check: () => Promise<Omit<Outcome, "name" | "seconds">>): Promise<Outcome> {
  const started = performance.now();
  const outcome = { name, ...(await check()), seconds: Math.round((performance.now() - started) / 100) / 10 };
  const parts = [`${outcome.passed} passed`, `${outcome.failed} failed`];
  if (outcome.skipped > 0) parts.push(`${outcome.skipped} skipped`);
  console.log(
    `${outcome.failed > 0 ? "✗" : "✓"} ${name.padEnd(12)} ${parts.join(", ")} (${outcome.seconds} s)${outcome.note === undefined ? "" : `: ${outcome.note}`}`,
  );
  return outcome;
}

/** A tool that passes or fails as a whole. */
export function tool(
  name: string,
  command: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Outcome> {
  return timed(name, async () => {
    const { code, output } = await run(name, command, args, env);
    if (code !== 0) console.log(output.slice(-6_000));
    return code === 0
      ? { passed: 1, failed: 0, skipped: 0 }
      : { passed: 0, failed: 1, skipped: 0, note: `see .local/checks/${name}.log` };
  });
}
