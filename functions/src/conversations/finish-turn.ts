import { sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError, grpcCode } from "../platform/errors.ts";
import { type Answer, openAnswer } from "./answer.ts";
import { assertTurnAllowed } from "./assert-turn-allowed.ts";
import type { OwnTurn } from "./begin-turn.ts";
import type { AiSession, Citation, Head, Turn } from "./conversation.ts";
import { commitTurnEnd, readHead, readTurn, type TurnEnd, writeTurnEnd } from "./store.ts";
import { usageWith } from "./usage.ts";
import { extendWindow, sealElement } from "./window.ts";

/** What answering came to. */
export interface TurnResult {
  answer: string;
  outcome: "answered" | "no-answer";
  handoff: boolean;
  citations: readonly Citation[];
  citedChunkIds: readonly string[];
  /** Name of the model, or `none`. */
  model: string;
  promptTokens: number;
  answerTokens: number;
}

/** gRPC codes of a commit that found the head gone, the turn charged already, or the head changed. */
const lostRace = new Set([5, 6, 9, 10]);

/**
 * Stores an answer: three writes and no read. When the head changed since it was read, head and turn are read again and
 * the writes repeated on top of what is there.
 *
 * @param channelId - where the question was asked.
 * @param latencyMs - from the question to the last piece of the answer.
 * @returns the answer that is stored: another invocation's when that was first.
 * @throws AppError `subject-frozen`, `subject-erased`: then nothing was written.
 */
export async function finishTurn(
  deps: Deps,
  own: OwnTurn,
  channelId: string,
  result: TurnResult,
  latencyMs: number,
): Promise<Answer> {
  const { key, dek, question, askedAt } = own;
  const { citedChunkIds, promptTokens, answerTokens, answer, ...shown } = result;
  const answeredAt = deps.clock.now();
  const sealedAnswer = sealField(dek, documentPath("turns", key), "answer", answer, deps.ids);
  const element = sealElement(dek, own.head, key.turnId, { question, answer }, askedAt, deps.ids);
  const { outcome, model } = result;
  // A turn has one session of its own id: whoever is first is charged, and nobody else.
  const measures = { outcome, model, promptTokens, answerTokens, latencyMs, citedChunkIds };
  const session = sessionOf(own, channelId, key.turnId, answeredAt, measures);
  const stored = await end(deps, own, (head, turnCount) => ({
    turn: key,
    turnFields: { state: "answered", answer: sealedAnswer, answeredAt, ...shown },
    headFields: {
      window: extendWindow(head.window, key.turnId, element),
      turnCount,
      usage: usageWith(head, answeredAt),
      lastTurnAt: answeredAt,
    },
    session,
  }));
  return stored === undefined ? { turnId: key.turnId, answer, answeredAt, ...shown } : openAnswer(dek, stored);
}

/**
 * Marks a question as failed and keeps it; the same key tries again. Nothing is charged.
 *
 * @returns the answer, when another invocation was first and has one.
 * @throws AppError `subject-frozen`, `subject-erased`: then nothing was written.
 */
export async function failTurn(
  deps: Deps,
  own: OwnTurn,
  channelId: string,
  latencyMs: number,
): Promise<Answer | undefined> {
  const failedAt = deps.clock.now();
  const measures = { outcome: "failed", model: deps.model.name, promptTokens: 0, answerTokens: 0 } as const;
  const session = sessionOf(own, channelId, deps.ids.next(), failedAt, { ...measures, latencyMs, citedChunkIds: [] });
  const stored = await end(deps, own, (head, turnCount) => ({
    turn: own.key,
    turnFields: { state: "failed" },
    headFields: { turnCount, usage: usageWith(head, failedAt), lastTurnAt: failedAt },
    session,
  }));
  return stored === undefined ? undefined : openAnswer(own.dek, stored);
}

type Measures = Pick<AiSession, "outcome" | "model" | "promptTokens" | "answerTokens" | "latencyMs" | "citedChunkIds">;

function sessionOf(own: OwnTurn, channelId: string, id: string, createdAt: Date, measures: Measures): AiSession {
  const { tenantId, conversationId, turnId } = own.key;
  return { id, tenantId, subjectId: own.head.subjectId, conversationId, turnId, channelId, createdAt, ...measures };
}

/** The writes that end a turn on a head, which then counts `turnCount` turns. */
type EndOn = (head: Head, turnCount: number) => TurnEnd;

/** @returns the stored turn when another invocation answered it first, undefined when these writes were made. */
async function end(deps: Deps, own: OwnTurn, endOn: EndOn): Promise<Turn | undefined> {
  const countOn = (head: Head, isCounted: boolean) => head.turnCount + (isCounted ? 0 : 1);
  try {
    await commitTurnEnd(deps.stores, endOn(own.head, countOn(own.head, own.counted)), own.head.version);
    return undefined;
  } catch (error) {
    if (!lostRace.has(grpcCode(error) ?? -1)) throw error;
  }
  return deps.stores.data.runTransaction(async (tx) => {
    const [head, turn] = await Promise.all([readHead(tx, deps.stores, own.key), readTurn(tx, deps.stores, own.key)]);
    if (head === undefined || turn === undefined) {
      throw new AppError("subject-erased", `conversation ${own.key.conversationId} is gone`);
    }
    await assertTurnAllowed(tx, deps.stores, head);
    if (turn.state === "answered") return turn;
    const isCounted = own.counted || turn.state === "failed";
    writeTurnEnd(tx, deps.stores, endOn(head, countOn(head, isCounted)));
    return undefined;
  });
}
