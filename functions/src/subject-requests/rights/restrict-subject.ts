import type { Transaction } from "@google-cloud/firestore";
import type { Actor } from "../../identity/caller.ts";
import { restrictionLiftedLetter } from "../../mail/letters.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { prepareRightNotices } from "../../recipients/tell-of-right.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import type { FreezeTargets, Restriction } from "../../subjects/freeze-subject.ts";
import { getSubject } from "../../subjects/get-subject.ts";
import { noteTombstone } from "../note-tombstone.ts";
import { actOnSubject } from "./act.ts";

/**
 * Restricts processing: what is kept of the person is kept, and not used. Chat, leads, purges and workflows pass over
 * the person until the restriction is lifted. Recipients are told. Repeating it changes nothing.
 *
 * @param ground - which of the four grounds of Art. 18(1).
 * @throws AppError `not-found`, `subject-erased`.
 * @see GDPR Art. 18(1), 19
 */
export async function restrictSubject(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  ground: Restriction["ground"],
): Promise<void> {
  const since = deps.clock.now();
  const notices = await prepareRightNotices(deps, { ...subject, actor, event: "subject.restricted" });
  await actOnSubject(deps, { action: "subject-restricted", actor, ...subject, metadata: { ground } }, (tx, targets) => {
    if (targets.state === "restricted") return false;
    set(tx, deps, subject, targets, { ground, since });
    notices.write(tx);
    return true;
  });
  await notices.publish();
}

/**
 * Lifts a restriction. The person is told first, at every verified address: when the letter cannot be handed over,
 * nothing is lifted.
 *
 * @throws AppError `not-found`, `subject-erased`, `store-unavailable` when the person could not be told; `input-invalid`
 * while an objection is undecided.
 * @see GDPR Art. 18(3)
 */
export async function liftRestriction(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  reason: string,
): Promise<void> {
  const stored = await getSubject(deps.stores, subject).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased")
      throw new AppError("not-found", `no subject ${subject.subjectId}`);
    throw error;
  });
  if (stored.restriction?.objection === "undecided")
    throw new AppError("input-invalid", `the objection of subject ${subject.subjectId} is to be decided first`);
  const addresses = await findVerifiedAddresses(deps, subject);
  for (const to of addresses) await deps.mail.send({ to, ...restrictionLiftedLetter() });
  const notices = await prepareRightNotices(deps, { ...subject, actor, event: "subject.restriction-lifted" });
  // Told, not yet lifted: a repeat after a crash tells again, which does no harm.
  await actOnSubject(
    deps,
    { action: "restriction-lifted", actor, ...subject, reason, metadata: { told: addresses.length } },
    (tx, targets) => {
      if (targets.state !== "restricted") return false;
      set(tx, deps, subject, targets, undefined);
      notices.write(tx);
      return true;
    },
  );
  await notices.publish();
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
  const since = deps.clock.now();
  const notices = await prepareRightNotices(deps, { ...subject, actor, event: "subject.restricted" });
  await actOnSubject(deps, { action: "objection-received", actor, ...subject }, (tx, targets) => {
    const before = targets.restriction ?? { ground: "objection", since };
    if (before.objection === "undecided") return false;
    set(tx, deps, subject, targets, { ...before, objection: "undecided" });
    if (targets.state !== "restricted") notices.write(tx);
    return true;
  });
  await notices.publish();
}

/**
 * Decides an objection: upheld, the person stays restricted (erasure is a request of its own); rejected on compelling
 * grounds, the person is told and the restriction lifted, unless it stands on another ground. Deciding one that is
 * decided already changes nothing.
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
    (tx, targets) => {
      const { restriction } = targets;
      if (restriction?.objection !== "undecided") return false;
      set(tx, deps, subject, targets, { ...restriction, objection: decision });
      return true;
    },
  );
  // Decided, not yet lifted: a repeat of the call goes on here.
  const restriction = (await getSubject(deps.stores, subject)).restriction;
  if (restriction?.ground === "objection" && restriction.objection === "rejected")
    await liftRestriction(deps, actor, subject, reason);
}

/** Restricts a person, or lifts the restriction, and notes it for restores: the last note holds. */
function set(
  tx: Transaction,
  deps: Deps,
  subject: { tenantId: string; subjectId: string },
  { apply }: FreezeTargets,
  restriction: Restriction | undefined,
): void {
  const { tenantId, subjectId } = subject;
  const state = restriction === undefined ? "active" : "restricted";
  apply(state, restriction);
  const { ground, since, objection } = restriction ?? {};
  const targets = {
    subjectId,
    state,
    ...(ground === undefined ? {} : { ground }),
    ...(since === undefined ? {} : { since: since.toISOString() }),
    ...(objection === undefined ? {} : { objection }),
  };
  noteTombstone(tx, deps, { tenantId, kind: "restriction", targets, at: deps.clock.now() });
}
