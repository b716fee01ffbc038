import type { Actor } from "../../identity/caller.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { claimIdentifier } from "../../subjects/claim-identifier.ts";

/**
 * Records that staff convinced themselves that an address or number is the person's, and why. The address itself enters
 * the database as a keyed hash, and the log not at all.
 *
 * @param how - how it was verified, in the words of whoever did it; the log holds a commitment to them.
 * @throws AppError `subject-erased`, `key-unavailable`.
 * @see GDPR Art. 12(6)
 */
export async function verifyIdentifier(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  identifier: { kind: "email" | "phone"; value: string },
  how: string,
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const audit = await auditContext(deps, tenantId, subjectId);
  const record = (outcome: "intended" | "success") =>
    deps.stores.data.runTransaction(async (tx) => {
      await Promise.resolve();
      appendEntry(tx, audit, {
        action: "identifier-verified",
        actor,
        personalTargets: [
          { kind: "subject", id: subjectId },
          { kind: "reason", id: how },
        ],
        outcome,
        metadata: { kind: identifier.kind },
      });
    });
  // The claim lies in the keys database: the intent is durable before it, its outcome after. A repeat claims once.
  await record("intended");
  await claimIdentifier(deps, subject, identifier.kind, identifier.value, "verified");
  await record("success");
}
