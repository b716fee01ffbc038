import { AppError, codeOf } from "../platform/errors.ts";
import { type LogFields, log } from "../platform/log.ts";
import { mayRetry } from "./failure.ts";
import type { StepResult } from "./job.ts";

/** One claimed piece of work, a job or a shard, as the loop around its runs sees it. */
export interface Turn<Piece> {
  /** Runs its step once, from its cursor. */
  run(piece: Piece): Promise<StepResult>;
  /** Saves what the run came to; the piece as stored. @throws AppError `job-conflict` when somebody else has it by now. */
  save(piece: Piece, result: StepResult): Promise<Piece>;
  /** Whether this invocation goes on with it. */
  isHeld(piece: Piece): boolean;
  /** Publishes what the stored piece calls for. */
  follow(piece: Piece): Promise<void>;
  /** Frees it for another try. No effect when it is held no more. */
  release(piece: Piece, code: string): Promise<void>;
  /** Marks it as failed. No effect when it is held no more. */
  fail(piece: Piece, code: string): Promise<void>;
  /** For the log: ids. */
  fields(piece: Piece): LogFields;
}

/**
 * Runs a claimed piece again and again, saving after each run, until it is done, waits, or is left to the next message.
 *
 * @throws what the step or the store threw, when another try may help: Pub/Sub then delivers the message again.
 */
export async function workThrough<Piece>(first: Piece, turn: Turn<Piece>): Promise<void> {
  let piece = first;
  try {
    while (turn.isHeld(piece)) {
      const result = await turn.run(piece);
      piece = await turn.save(piece, result);
      log.info("step ran", turn.fields(piece));
    }
    // Durable: where the piece stands. If we die before publishing, the message that brought us is delivered again,
    // and resume-stalled-jobs publishes at the piece's `wakeAt`.
    await turn.follow(piece);
  } catch (error) {
    await settle(piece, turn, error);
  }
}

async function settle<Piece>(piece: Piece, turn: Turn<Piece>, error: unknown): Promise<void> {
  const code = codeOf(error);
  const fields = { ...turn.fields(piece), code };
  if (error instanceof AppError && error.code === "job-conflict") {
    // Whoever has it by now goes on; if they die, their lease runs out and the resumer publishes.
    log.warn("step was taken over", fields);
    return;
  }
  if (!mayRetry(error)) {
    await turn.fail(piece, code);
    log.error("job failed", fields, error);
    return;
  }
  await turn.release(piece, code).catch((second: unknown) => {
    log.warn("lease is left to run out", fields, second);
  });
  throw error;
}
