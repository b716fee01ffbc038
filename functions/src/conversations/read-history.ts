import type { SealingKey } from "../crypto/envelope.ts";
import { dekOf } from "../crypto/keyring.ts";
import { openField } from "../crypto/sealed-fields.ts";
import type { DataSubject } from "../identity/caller.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { type Answer, openAnswer } from "./answer.ts";
import type { Head, Turn } from "./conversation.ts";
import { findHeadOf } from "./find-head-of.ts";
import { type HeadKey, listTurns } from "./store.ts";

/** A turn in words. */
export interface OpenedTurn {
  turnId: string;
  /** `answering` while an invocation holds the turn; one that died leaves it `failed`, and the same key answers it. */
  state: Turn["state"];
  question: string;
  askedAt: Date;
  /** Present once answered. */
  answer?: Answer;
}

/** A page of a conversation: turns oldest first, and whether there are older ones. */
export interface History {
  head: Head;
  turns: OpenedTurn[];
  more: boolean;
}

const pageTurns = 50;
/** The last time that Firestore can hold. */
const endOfTime = new Date("9999-12-31T23:59:59.999Z");

/** Opens a turn's texts. @param now - tells a turn under way from one whose lease has ended. */
function openTurn(dek: SealingKey, turn: Turn, now: Date): OpenedTurn {
  const { id: turnId, tenantId, conversationId, askedAt } = turn;
  const state = turn.state === "answering" && turn.lease.expiresAt <= now ? "failed" : turn.state;
  const path = documentPath("turns", { tenantId, conversationId, turnId });
  const question = openField(dek, path, "question", turn.question);
  const opened = { turnId, state, question, askedAt };
  return state === "answered" ? { ...opened, answer: openAnswer(dek, turn) } : opened;
}

/**
 * The newest 50 turns of a conversation before a time, opened with the person's key.
 *
 * @returns undefined when there is no such conversation, or it is past its period.
 * @throws AppError `subject-erased` when the key is gone.
 */
export async function openHistory(deps: Deps, key: HeadKey, before: Date | undefined): Promise<History | undefined> {
  const head = await findHeadOf(deps, key);
  if (head === undefined) return undefined;
  const [dek, newestFirst] = await Promise.all([
    dekOf(deps, head),
    listTurns(deps.stores, key, before ?? endOfTime, pageTurns + 1),
  ]);
  const page = newestFirst.slice(0, pageTurns).reverse();
  const now = deps.clock.now();
  return { head, turns: page.map((turn) => openTurn(dek, turn, now)), more: newestFirst.length > pageTurns };
}

/**
 * A visitor's own conversation.
 *
 * @throws AppError `subject-erased` when it is gone, or past its period. A restricted person may still read.
 * @see GDPR Art. 15, Art. 18
 */
export async function readHistory(deps: Deps, subject: DataSubject, before: Date | undefined): Promise<History> {
  const history = await openHistory(deps, subject, before);
  if (history?.head.subjectId !== subject.subjectId) {
    throw new AppError("subject-erased", `conversation ${subject.conversationId} is gone`);
  }
  return history;
}
