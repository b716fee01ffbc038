import { createHash } from "node:crypto";
import { dekOf } from "../../crypto/keyring.ts";
import type { Actor } from "../../identity/caller.ts";
import { readLeadsToCorrect } from "../../leads/correct-leads.ts";
import { textsInLeads } from "../../leads/texts-in-leads.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { prepareRightNotices } from "../../recipients/tell-of-right.ts";
import { claimIdentifier } from "../../subjects/claim-identifier.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import { listClaimsToCorrect } from "../../subjects/forget-unfounded.ts";
import { assertKnown, type Correction, changeProfile, correctedProfile, formerValues } from "../../subjects/profile.ts";
import { profileOf } from "../../subjects/read-subject.ts";
import { fileRequest } from "../file-request.ts";
import { holdsInForce, isHeld } from "../held-items.ts";

const fields = ["name", "email", "phone"] as const;

/**
 * Corrects what is kept of a person: the profile, the leads that say the same, and by which addresses and numbers the
 * person is found. What a hold keeps stays as it was written. The log keeps that it happened, which fields changed, and
 * commitments to digests of the old and new values, which go blind with the person's key. Recipients are told, by names of
 * fields alone. Repeating it finishes what a crash left.
 *
 * @param corrected - the fields to change; `null` removes one.
 * @throws AppError `subject-erased`; `store-unavailable` when the mail provider could not be asked.
 * @see GDPR Art. 16, 19
 */
export async function rectifySubject(
  deps: Deps,
  actor: Actor,
  { tenantId, subjectId }: { tenantId: string; subjectId: string },
  corrected: Correction,
  reason: string,
): Promise<void> {
  const subject = { tenantId, subjectId };
  const receivedAt = deps.clock.now();
  const requestId = deps.ids.next();
  const [dek, audit] = await Promise.all([dekOf(deps, subject), auditContext(deps, tenantId, subjectId)]);
  const claims = await listClaimsToCorrect(deps, subject);
  // A corrected address is stated until it is proven; the claim comes first, since it lies in the other database.
  if (typeof corrected.email === "string") await claimIdentifier(deps, subject, "email", corrected.email, "stated");
  if (typeof corrected.phone === "string") await claimIdentifier(deps, subject, "phone", corrected.phone, "stated");
  const former = formerValues(await profileOf(deps, subject), corrected).email;
  const proven = former.length === 0 ? [] : await findVerifiedAddresses(deps, subject);
  const formerAddresses = proven.filter((address) => former.includes(address));
  const event = "subject.rectified";
  const notices = await prepareRightNotices(deps, { ...subject, actor, event, formerAddresses });
  const holds = await holdsInForce(deps.stores, subject, receivedAt);
  const after = await deps.stores.data.runTransaction(async (tx) => {
    const stored = await assertKnown(tx, deps.stores, subject);
    const leads = await readLeadsToCorrect(tx, deps, dek, subject, (path) => isHeld(holds, path));
    const change = changeProfile(tx, deps, dek, subject, stored, (known) => correctedProfile(known, corrected));
    const { before, after } = change;
    const changed = fields.filter((field) => before[field] !== after[field]);
    const words = changed.flatMap((field) =>
      before[field] === undefined ? [] : [{ field, from: before[field], to: after[field] }],
    );
    const digest = (value = "", field: string) => createHash("sha256").update(`${field}\0${value}`).digest("hex");
    const correctedLeads = leads.correct(words);
    appendEntry(tx, audit, {
      action: "subject-rectified",
      actor,
      personalTargets: [
        { kind: "subject", id: subjectId },
        ...changed.flatMap((field) => [
          { kind: `${field}-before`, id: digest(before[field], field) },
          { kind: `${field}-after`, id: digest(after[field], field) },
        ]),
      ],
      reason,
      outcome: "success",
      metadata: { fields: changed, leads: correctedLeads },
    });
    if (changed.length === 0) return after;
    const request = { requestId, tenantId, subjectId, kind: "rectification", actor, reason } as const;
    fileRequest(tx, deps, audit, { ...request, receivedAt, answeredAt: receivedAt });
    notices.write(tx, changed);
    return after;
  });
  // Corrected: from here on nothing leads to the former address. Who dies before this line is repeated by the caller.
  await claims.forgetUnfounded([after, ...(await textsInLeads(deps, subject))]);
  await notices.publish();
}
