import { consentsInForce } from "../consent/record-consents.ts";
import type { DataSubject } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertWritable } from "../subjects/assert-writable.ts";
import { roomForOneMore } from "./room-for-one-more.ts";
import { readHead, updateHead } from "./store.ts";

/**
 * Opens a closed conversation again, for a person who goes on in it; the oldest open one is closed when there are 20.
 * The head's copies of state and consents, which closed heads do not get, are made anew.
 *
 * @throws AppError `subject-frozen`, `subject-erased`.
 */
export async function reopenConversation(deps: Deps, subject: DataSubject): Promise<void> {
  const audit = await auditContext(deps, subject.tenantId, subject.subjectId);
  await deps.stores.data.runTransaction(async (tx) => {
    const [head, person, { consents }, makeRoom] = await Promise.all([
      readHead(tx, deps.stores, subject),
      assertWritable(tx, deps.stores, subject),
      consentsInForce(tx, deps, subject),
      roomForOneMore(tx, deps.stores, subject),
    ]);
    if (head?.subjectId !== subject.subjectId) {
      throw new AppError("subject-erased", `conversation ${subject.conversationId} is gone`);
    }
    if (head.state === "open") return;
    const closed = makeRoom();
    updateHead(tx, deps.stores, subject, { state: "open", subjectState: person.state, consents });
    appendEntry(tx, audit, {
      action: "conversation-started",
      actor: { kind: "data-subject", id: subject.subjectId },
      personalTargets: [{ kind: "conversation", id: subject.conversationId }],
      outcome: "success",
      metadata: { reopened: true, closed: closed.length },
    });
  });
}
