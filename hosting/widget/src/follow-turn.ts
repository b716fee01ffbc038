import { type Answered, Problem, type StoredTurn, type Visitor } from "./api.ts";

/** Pauses before a broken stream is taken up again. */
const resumePausesMs = [500, 1_500, 4_000, 8_000];
/** Failures before a turn's stream that are likely over within seconds. */
const passing = new Set(["offline", "store-unavailable", "key-unavailable", "unknown"]);
/** How often, and for how long, it is asked what became of a turn: longer than its lease of 90 s. */
const lookEveryMs = 3_000;
const looks = 40;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** What is shown of a turn while it is followed. */
export interface Followed {
  /** The text begins anew: what a broken stream brought comes again. */
  restart(): void;
  /** The question is stored from here on. */
  taken(turnId: string): void;
  append(text: string): void;
}

/**
 * Follows one turn to its end, taking a broken or silent stream up again under the same key.
 *
 * @throws Problem that says whether the question is kept.
 */
export async function followTurn(
  visitor: Pick<Visitor, "ask">,
  question: string,
  key: string,
  shown: Followed,
): Promise<Answered> {
  let isTaken = false;
  let last = new Problem("offline", true);
  for (const waitMs of [0, ...resumePausesMs]) {
    await pause(waitMs);
    shown.restart();
    try {
      for await (const { event, data } of visitor.ask(question, key)) {
        if (event === "turn") {
          isTaken = true;
          shown.taken(data.turnId);
        }
        if (event === "delta") shown.append(data.text);
        if (event === "done") return data;
        if (event === "problem" && data.code !== "turn-in-progress")
          throw new Problem(data.code, data.retry, data.message);
      }
    } catch (error) {
      const mayPass = error instanceof Problem && error.retry && passing.has(error.code);
      if (!mayPass) throw error;
      last = error;
    }
  }
  throw isTaken ? new Problem("interrupted", true) : last;
}

/**
 * Waits for the end of a turn that another page began, or this one before it was loaded again.
 *
 * @returns the turn as it is then; undefined when it is gone, or nothing has become of it.
 * @throws Problem when the visitor may not look any more.
 */
export async function waitForTurn(visitor: Pick<Visitor, "history">, turnId: string): Promise<StoredTurn | undefined> {
  for (let look = 0; look < looks; look += 1) {
    await pause(lookEveryMs);
    try {
      const { turns } = await visitor.history();
      const turn = turns.find((one) => one.turnId === turnId);
      if (turn?.state !== "answering") return turn;
    } catch (error) {
      if (!(error instanceof Problem) || !error.retry) throw error;
    }
  }
  return undefined;
}
