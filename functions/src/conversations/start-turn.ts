import { answeringSettings, type ChannelSettings } from "../agents/channel-settings.ts";
import type { DataSubject } from "../identity/caller.ts";
import { takeQuota } from "../identity/take-quota.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { withinTime } from "../platform/within-time.ts";
import { type Answer, openAnswer } from "./answer.ts";
import { answerQuestion } from "./answer-question.ts";
import { type BegunTurn, beginTurn, type OwnTurn } from "./begin-turn.ts";
import { turnLimitMs } from "./conversation.ts";
import { failTurn, finishTurn, type TurnResult } from "./finish-turn.ts";
import { problemEvent, type TurnEvent } from "./turn-event.ts";
import { waitForAnswer } from "./wait-for-answer.ts";
import { openWindow } from "./window.ts";

/** How long the stores may take at the beginning and at the end of a turn. */
const storeLimitMs = 10_000;

/**
 * Takes a question of a visitor and answers it. The question is durable when this returns; the answer is when `done`
 * is told. The stream runs to its end whether or not anybody listens, and never throws.
 *
 * One read and four writes, whatever the conversation's length; the same key is the same turn, answered and charged
 * once.
 *
 * @param question - 1 to 4,000 characters, parsed by the route.
 * @returns what to tell the visitor, in order: `turn` first, `done` or `problem` last.
 * @throws AppError `subject-frozen`, `subject-erased`, `not-found`, `tenant-closed`, `account-closing`, `key-unavailable`,
 * `key-reused`, `rate-limited`: then nothing is stored.
 */
export async function startTurn(
  deps: Deps,
  subject: DataSubject,
  question: string,
  idempotencyKey: string,
): Promise<AsyncIterable<TurnEvent>> {
  const settings = await withinTime(storeLimitMs, "reading settings", answeringSettings(deps, subject));
  await withinTime(storeLimitMs, "leasing a quota", takeQuota(deps, subject));
  const holder = deps.ids.next();
  const begin = () =>
    withinTime(storeLimitMs, "beginning a turn", beginTurn(deps, subject, question, idempotencyKey, holder));
  return turnEvents(deps, settings, await begin(), begin);
}

async function* turnEvents(
  deps: Deps,
  settings: ChannelSettings,
  begun: BegunTurn,
  begin: () => Promise<BegunTurn>,
): AsyncGenerator<TurnEvent> {
  yield { event: "turn", turnId: turnIdOf(begun) };
  try {
    const ready = begun.kind === "running" ? await waitForAnswer(deps, begun, begin) : begun;
    if (ready.kind === "own") yield* answerOwn(deps, settings, ready.own);
    else yield { event: "done", answer: openAnswer(ready.dek, ready.turn) };
  } catch (error) {
    yield problemOfTurn(error, turnIdOf(begun));
  }
}

function turnIdOf(begun: BegunTurn): string {
  if (begun.kind === "answered") return begun.turn.id;
  return begun.kind === "own" ? begun.own.key.turnId : begun.key.turnId;
}

async function* answerOwn(deps: Deps, settings: ChannelSettings, own: OwnTurn): AsyncGenerator<TurnEvent> {
  const startedAt = deps.clock.now().getTime();
  const latencyMs = () => deps.clock.now().getTime() - startedAt;
  const channelId = settings.channel.id;
  let result: TurnResult;
  try {
    const signal = AbortSignal.timeout(turnLimitMs);
    const pieces = answerQuestion(deps, settings, openWindow(own.dek, own.head), own.question, signal);
    let piece = await pieces.next();
    for (; !piece.done; piece = await pieces.next()) yield { event: "delta", text: piece.value };
    result = piece.value;
  } catch (error) {
    yield* failed(deps, own, channelId, latencyMs(), error);
    return;
  }
  // Where this fails the turn is left to its lease: the writes may take effect all the same.
  yield* answered(
    await withinTime(storeLimitMs, "storing an answer", finishTurn(deps, own, channelId, result, latencyMs())),
  );
}

function* answered(answer: Answer): Generator<TurnEvent> {
  if (answer.citations.length > 0) yield { event: "citations", citations: answer.citations };
  yield { event: "done", answer };
}

/** Marks the turn as failed; where even that fails, its lease ends by itself and the question is kept all the same. */
async function* failed(
  deps: Deps,
  own: OwnTurn,
  channelId: string,
  latencyMs: number,
  cause: unknown,
): AsyncGenerator<TurnEvent> {
  const { turnId } = own.key;
  try {
    const marking = failTurn(deps, own, channelId, latencyMs);
    const answer = await withinTime(storeLimitMs, "marking a turn", marking);
    if (answer === undefined) yield problemOfTurn(cause, turnId);
    else yield* answered(answer);
  } catch (error) {
    log.warn("turn could not be marked as failed", { turnId }, error);
    yield problemOfTurn(error, turnId);
  }
}

function problemOfTurn(error: unknown, turnId: string): TurnEvent {
  const problem = problemEvent(error);
  log.warn("turn ended with a problem", { turnId, code: problem.code }, error);
  return problem;
}
