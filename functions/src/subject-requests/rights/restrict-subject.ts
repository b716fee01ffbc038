import type { Actor } from "../../identity/caller.ts";
import { restrictionLiftedLetter } from "../../mail/letters.ts";
import type { Deps } from "../../platform/deps.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import { actOnSubject } from "./act.ts";

/**
 * Restricts processing: what is kept of the person is kept, and not used. Chat, leads, purges and workflows pass over
 * the person until the restriction is lifted. Repeating it changes nothing.
 *
 * @param ground - which of the four grounds of Art. 18(1).
 * @throws AppError `not-found`, `subject-erased`.
 * @see GDPR Art. 18(1)
 */
export async function restrictSubject(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  ground: "accuracy" | "unlawful" | "claims" | "objection",
): Promise<void> {
  await actOnSubject(
    deps,
    { action: "subject-restricted", actor, ...subject, metadata: { ground } },
    (_tx, targets) => {
      if (targets.state === "restricted") return false;
      targets.apply("restricted");
      return true;
    },
  );
}

/**
 * Lifts a restriction. The person is told first, at every verified address: when the letter cannot be handed over,
 * nothing is lifted.
 *
 * @throws AppError `not-found`, `subject-erased`, `store-unavailable` when the person could not be told.
 * @see GDPR Art. 18(3)
 */
export async function liftRestriction(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  reason: string,
): Promise<void> {
  const addresses = await findVerifiedAddresses(deps, subject);
  for (const to of addresses) await deps.mail.send({ to, ...restrictionLiftedLetter() });
  // Told, not yet lifted: a repeat after a crash tells again, which does no harm.
  await actOnSubject(
    deps,
    { action: "restriction-lifted", actor, ...subject, reason, metadata: { told: addresses.length } },
    (_tx, targets) => {
      if (targets.state !== "restricted") return false;
      targets.apply("active");
      return true;
    },
  );
}

/**
 * Records an objection, which restricts at once until it is decided.
 *
 * @throws AppError `not-found`, `subject-erased`.
 * @see GDPR Art. 21(1), 18(1)(d)
 */
export async function recordObjection(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
): Promise<void> {
  await actOnSubject(deps, { action: "objection-received", actor, ...subject }, (_tx, targets) => {
    targets.apply("restricted");
    return true;
  });
}

/**
 * Decides an objection: upheld, the person stays restricted (erasure is a request of its own); rejected on compelling
 * grounds, the person is told and the restriction lifted.
 *
 * @throws AppError `not-found`, `subject-erased`, `store-unavailable`.
 * @see GDPR Art. 21(1)
 */
export async function decideObjection(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  decision: "upheld" | "rejected",
  reason: string,
): Promise<void> {
  await actOnSubject(
    deps,
    { action: "objection-decided", actor, ...subject, reason, metadata: { decision } },
    () => true,
  );
  if (decision === "rejected") await liftRestriction(deps, actor, subject, reason);
}
