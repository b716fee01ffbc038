import { idempotentId } from "../crypto/blind-index.ts";
import type { SealingKey } from "../crypto/envelope.ts";
import { dekOf } from "../crypto/keyring.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import type { DataSubject } from "../identity/caller.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError, grpcCode } from "../platform/errors.ts";
import { assertActive } from "../subjects/assert-writable.ts";
import { assertTurnAllowed } from "./assert-turn-allowed.ts";
import { type Lease, leaseMs, type Turn, type VersionedHead } from "./conversation.ts";
import { reopenConversation } from "./reopen-conversation.ts";
import { createTurn, readHead, readTurn, type TurnKey, updateLease } from "./store.ts";
import { assertUsable } from "./usage.ts";

const alreadyExists = 6;

/** A turn that this invocation answers. */
export interface OwnTurn {
  key: TurnKey;
  head: VersionedHead;
  dek: SealingKey;
  question: string;
  askedAt: Date;
  /** Whether the head counts this turn already: it failed before. */
  counted: boolean;
}

/** How a call for a turn goes on: answer it, send what is stored, or wait for the invocation that answers it. */
export type BegunTurn =
  | { kind: "own"; own: OwnTurn }
  | { kind: "answered"; turn: Turn; dek: SealingKey }
  | { kind: "running"; key: TurnKey; leaseExpiresAt: Date; dek: SealingKey };

/**
 * Makes a question durable before anything else happens: one read (the head) and one write (the turn). The same
 * idempotency key names the same turn, which is then taken over, waited for or sent as it is stored.
 *
 * @param holder - names this invocation.
 * @throws AppError `subject-frozen`, `subject-erased`, `not-found` when the conversation is gone, `key-reused` when the
 * key was used for another question, `rate-limited`.
 */
export async function beginTurn(
  deps: Deps,
  subject: DataSubject,
  question: string,
  idempotencyKey: string,
  holder: string,
): Promise<BegunTurn> {
  const { tenantId, conversationId } = subject;
  const [dek, turnId] = await Promise.all([
    dekOf(deps, subject),
    idempotentId(deps, tenantId, "turn", conversationId, idempotencyKey),
  ]);
  const key = { tenantId, conversationId, turnId };
  const askedAt = deps.clock.now();
  const lease = { holder, expiresAt: new Date(askedAt.getTime() + leaseMs) };
  const sealed = sealField(dek, documentPath("turns", key), "question", question, deps.ids);
  try {
    const head = await createIn(deps, subject, {
      id: turnId,
      tenantId,
      conversationId,
      subjectId: subject.subjectId,
      state: "answering",
      question: sealed,
      lease,
      askedAt,
    });
    if (head.state === "open") return { kind: "own", own: { key, head, dek, question, askedAt, counted: false } };
  } catch (error) {
    if (grpcCode(error) !== alreadyExists) throw error;
    return takeTurn(deps, key, dek, lease, question);
  }
  await reopenConversation(deps, subject);
  return beginTurn(deps, subject, question, idempotencyKey, holder);
}

/** Commit 1. @returns the head as read; of a closed conversation nothing is written. */
async function createIn(deps: Deps, subject: DataSubject, turn: Turn): Promise<VersionedHead> {
  return deps.stores.data.runTransaction(async (tx) => {
    const head = await readHead(tx, deps.stores, subject);
    if (head?.subjectId !== subject.subjectId) throw gone(subject.conversationId);
    assertActive(head.subjectState, head.subjectId);
    assertUsable(head, turn.askedAt);
    // Durable from here on: the question. If we die, the next call with its key answers it when the lease has ended.
    if (head.state === "open") createTurn(tx, deps.stores, turn);
    return head;
  });
}

/** Takes over a turn that failed or whose invocation died; one read more than a new turn, and no charge more. */
async function takeTurn(deps: Deps, key: TurnKey, dek: SealingKey, lease: Lease, question: string): Promise<BegunTurn> {
  return deps.stores.data.runTransaction(async (tx): Promise<BegunTurn> => {
    const [head, turn] = await Promise.all([readHead(tx, deps.stores, key), readTurn(tx, deps.stores, key)]);
    if (head === undefined || turn === undefined) throw gone(key.conversationId);
    await assertTurnAllowed(tx, deps.stores, head);
    if (openField(dek, documentPath("turns", key), "question", turn.question) !== question) {
      throw new AppError("key-reused", "this Idempotency-Key was used for another question");
    }
    if (turn.state === "answered") return { kind: "answered", turn, dek };
    const ours = turn.lease.holder === lease.holder;
    if (turn.state === "answering" && !ours && turn.lease.expiresAt > deps.clock.now()) {
      return { kind: "running", key, leaseExpiresAt: turn.lease.expiresAt, dek };
    }
    if (!ours) updateLease(tx, deps.stores, key, lease);
    const counted = turn.state === "failed";
    return { kind: "own", own: { key, head, dek, question, askedAt: turn.askedAt, counted } };
  });
}

function gone(conversationId: string): AppError {
  return new AppError("subject-erased", `conversation ${conversationId} is gone`);
}
