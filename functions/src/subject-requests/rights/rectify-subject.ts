import { createHash } from "node:crypto";
import { dekOf } from "../../crypto/keyring.ts";
import type { Actor } from "../../identity/caller.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { prepareRightNotices } from "../../recipients/tell-of-right.ts";
import { claimIdentifier } from "../../subjects/claim-identifier.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import { assertKnown, changeProfile, type Profile } from "../../subjects/profile.ts";

/**
 * Corrects what is kept of a person. The log keeps that it happened, which fields changed, and commitments to digests of
 * the old and new values, which go blind with the person's key. Recipients are told, by names of fields alone.
 *
 * @param corrected - the fields to change; `null` removes one.
 * @throws AppError `subject-erased`.
 * @see GDPR Art. 16, 19
 */
export async function rectifySubject(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  corrected: { [Field in keyof Profile]?: string | null },
  reason: string,
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const [dek, audit] = await Promise.all([dekOf(deps, subject), auditContext(deps, tenantId, subjectId)]);
  // A corrected address is stated until it is proven; the claim comes first, since it lies in the other database.
  if (typeof corrected.email === "string") await claimIdentifier(deps, subject, "email", corrected.email, "stated");
  if (typeof corrected.phone === "string") await claimIdentifier(deps, subject, "phone", corrected.phone, "stated");
  const proven = typeof corrected.email === "undefined" ? [] : await findVerifiedAddresses(deps, subject);
  const formerAddress = proven.find((address) => address !== corrected.email);
  const event = "subject.rectified";
  const notices = await prepareRightNotices(deps, { ...subject, actor, event, formerAddress });
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await assertKnown(tx, deps.stores, subject);
    const { before, after } = changeProfile(tx, deps, dek, subject, stored, {
      ...corrected,
      // What the business vouched for is corrected too.
      ...(corrected.email === undefined ? {} : { verifiedEmail: null }),
    });
    const changed = (["name", "email", "phone"] as const).filter((field) => before[field] !== after[field]);
    const digest = (profile: Profile, field: keyof Profile) =>
      createHash("sha256")
        .update(`${field}\0${profile[field] ?? ""}`)
        .digest("hex");
    appendEntry(tx, audit, {
      action: "subject-rectified",
      actor,
      personalTargets: [
        { kind: "subject", id: subjectId },
        { kind: "reason", id: reason },
        ...changed.flatMap((field) => [
          { kind: `${field}-before`, id: digest(before, field) },
          { kind: `${field}-after`, id: digest(after, field) },
        ]),
      ],
      outcome: "success",
      metadata: { fields: changed },
    });
    if (changed.length > 0) notices.write(tx, changed);
  });
  await notices.publish();
}
