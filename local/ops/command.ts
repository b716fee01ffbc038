/** What a command is given besides its words: where it writes, and whom it asks. */
export interface Terminal {
  out(line: string): void;
  error(line: string): void;
  /** Asks a person; undefined when nobody is there to be asked. */
  ask(question: string): Promise<boolean | undefined>;
}

/** What was said on the command line. */
export interface Said {
  /** The words after the command. */
  words: readonly string[];
  project: string | undefined;
  region: string | undefined;
  data: string | undefined;
  keys: string | undefined;
  operator: string | undefined;
  yes: boolean;
}

/** One command of `npm run ops`. */
export interface Command {
  /** Its line in the overview. */
  summary: string;
  /** All that `--help` says about it. */
  help: string;
  /** @returns the exit code. @throws Refusal, or any other error, whose message is shown. */
  run(said: Said, terminal: Terminal): Promise<number>;
}

/** Something that the person at the keyboard can put right: shown without a stack, exit code 2. */
export class Refusal extends Error {}

/** Exit codes: done; tried and failed; not even tried. */
export const exitCodes = { done: 0, failed: 1, refused: 2 } as const;

/**
 * Asks before an act that others would notice.
 *
 * @throws Refusal when the answer is no, or when nobody can be asked and `--yes` was not said.
 */
export async function confirm(said: Said, terminal: Terminal, question: string): Promise<void> {
  if (said.yes) return;
  const answer = await terminal.ask(`${question} [y/N] `);
  if (answer === undefined) throw new Refusal(`${question} Nobody is here to be asked: say --yes.`);
  if (!answer) throw new Refusal("Nothing was done.");
}
