/**
 * What the operator of the platform does: npm run ops -- COMMAND [options]. Exit codes: 0 done, 1 failed, 2 refused.
 */
import { createInterface } from "node:readline/promises";
import { parseArgs } from "node:util";
import { AppError, grpcCode } from "../../functions/src/platform/errors.ts";
import { certificateCommand, repairCommand } from "./accounts.ts";
import { type Command, exitCodes, Refusal, type Said, type Terminal } from "./command.ts";
import { closeCommand, openCommand, restoreCommand, statusCommand } from "./databases.ts";
import { schedulesCommand } from "./schedules.ts";

const commands: Readonly<Record<string, Command>> = {
  status: statusCommand,
  open: openCommand,
  close: closeCommand,
  restore: restoreCommand,
  schedules: schedulesCommand,
  repair: repairCommand,
  certificate: certificateCommand,
};

const overview = `npm run ops -- COMMAND [options]      what the operator of the platform does; never shows content

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`)
  .join("\n")}

  COMMAND --help      what it does, step by step
  --project P         a project at Google; without it, the local cloud that runs from this clone
  --yes               do not ask`;

const options = {
  project: { type: "string" },
  region: { type: "string" },
  data: { type: "string" },
  keys: { type: "string" },
  operator: { type: "string" },
  yes: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

function said(args: readonly string[]): { command: string | undefined; help: boolean; said: Said } {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    const { project, region, data, keys, operator, yes, help } = values;
    const [command, ...words] = positionals;
    return { command, help, said: { words, project, region, data, keys, operator, yes } };
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}

/** A failure in words for the person at the keyboard; codes of ours and of Google's clients are named. */
function wordsOf(error: unknown): string {
  if (error instanceof AppError) return `${error.message} (${error.code})`;
  const message = error instanceof Error ? error.message : String(error);
  if (grpcCode(error) === 14) return `The service cannot be reached: ${message}`;
  if (grpcCode(error) === 7) return `Your credentials may not do this: ${message}`;
  return message;
}

/**
 * Runs one command.
 *
 * @param args - the words after `npm run ops --`.
 * @returns the exit code.
 */
export async function runOps(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const { command: name, help, said: what } = said(args);
    if (name === undefined || name === "help") {
      terminal.out(overview);
      return name === undefined && !help ? exitCodes.refused : exitCodes.done;
    }
    const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined)
      throw new Refusal(`There is no command ${name}. There are ${Object.keys(commands).join(", ")}.`);
    if (help) {
      terminal.out(command.help);
      return exitCodes.done;
    }
    return await command.run(what, terminal);
  } catch (error) {
    terminal.error(wordsOf(error));
    return error instanceof Refusal ? exitCodes.refused : exitCodes.failed;
  }
}

const here: Terminal = {
  out: (line) => process.stdout.write(`${line}\n`),
  error: (line) => process.stderr.write(`${line}\n`),
  async ask(question) {
    if (!process.stdin.isTTY) return undefined;
    const lines = createInterface({ input: process.stdin, output: process.stdout });
    const answer = await lines.question(question);
    lines.close();
    return /^y(es)?$/i.test(answer.trim());
  },
};

// Whoever reads the lines may stop reading: that ends no act half done.
process.stdout.on("error", () => undefined);

if (import.meta.main) process.exitCode = await runOps(process.argv.slice(2), here);
