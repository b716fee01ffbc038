import { dekOf } from "../../crypto/keyring.ts";
import type { Actor } from "../../identity/caller.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { claimIdentifier } from "../../subjects/claim-identifier.ts";
import { assertKnown, changeProfile, type Profile } from "../../subjects/profile.ts";

/**
 * Records that staff convinced themselves that an address or number is the person's, and why. The address itself is kept
 * sealed with the person, who is written to at it, and as a keyed hash; the log holds it not at all.
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
  const { kind, value } = identifier;
  const [audit, dek] = await Promise.all([auditContext(deps, tenantId, subjectId), dekOf(deps, subject)]);
  const list = kind === "email" ? "verifiedEmails" : "verifiedPhones";
  const withValue = (known: Profile): Profile => ({ ...known, [list]: [...new Set([...(known[list] ?? []), value])] });
  const record = (outcome: "intended" | "success") =>
    deps.stores.data.runTransaction(async (tx) => {
      const stored = await assertKnown(tx, deps.stores, subject);
      if (outcome === "success") changeProfile(tx, deps, dek, subject, stored, withValue);
      appendEntry(tx, audit, {
        action: "identifier-verified",
        actor,
        personalTargets: [{ kind: "subject", id: subjectId }],
        reason: how,
        outcome,
        metadata: { kind },
      });
    });
  // The claim lies in the keys database: the intent is durable before it, its outcome after. A repeat claims once.
  await record("intended");
  await claimIdentifier(deps, subject, kind, value, "verified");
  await record("success");
}
