import { setTimeout as delay } from "node:timers/promises";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { BegunTurn } from "./begin-turn.ts";
import { findTurn } from "./store.ts";

type Running = Extract<BegunTurn, { kind: "running" }>;

const firstPauseMs = 200;
const longestPauseMs = 2_000;
/** An invocation lasts 90 s at most; this leaves time to say so. */
const longestWaitMs = 80_000;
/** A turn is taken over only while the invocation has time for a whole one. */
const lastTakeoverMs = 25_000;

/**
 * Waits for the invocation that answers a turn; when its lease ends, takes the turn over.
 *
 * @param begin - begins the same turn again.
 * @returns the answered turn, or one to answer.
 * @throws AppError `turn-in-progress` when this invocation's time does not suffice: the same call may be made again.
 */
export async function waitForAnswer(
  deps: Deps,
  running: Running,
  begin: () => Promise<BegunTurn>,
): Promise<Exclude<BegunTurn, Running>> {
  const startedMs = deps.clock.now().getTime();
  const waitedMs = () => deps.clock.now().getTime() - startedMs;
  for (let pauseMs = firstPauseMs; waitedMs() < longestWaitMs; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    await delay(pauseMs);
    const turn = await findTurn(deps.stores, running.key);
    if (turn === undefined) throw new AppError("subject-erased", `turn ${running.key.turnId} is gone`);
    const isLeased = turn.state === "answering" && turn.lease.expiresAt > deps.clock.now();
    if (isLeased) continue;
    if (turn.state !== "answered" && waitedMs() > lastTakeoverMs) break;
    const begun = await begin();
    if (begun.kind !== "running") return begun;
  }
  throw new AppError("turn-in-progress", `turn ${running.key.turnId} is still being answered`);
}
