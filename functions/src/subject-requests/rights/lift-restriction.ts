import type { Actor } from "../../identity/caller.ts";
import { restrictionLiftedLetter } from "../../mail/letters.ts";
import { type LetterCounts, writeToPerson } from "../../mail/write-to-person.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { prepareRightNotices } from "../../recipients/tell-of-right.ts";
import { findVerifiedAddresses } from "../../subjects/find-verified-addresses.ts";
import type { Restriction, RestrictionGround } from "../../subjects/freeze-subject.ts";
import { getSubject, getSubjectIn } from "../../subjects/get-subject.ts";
import { actOnSubject } from "./act.ts";
import { setRestriction, withoutGround } from "./set-restriction.ts";

interface Person {
  tenantId: string;
  subjectId: string;
}

/**
 * Takes one ground of a restriction away, and lifts the restriction when none is left. The person is told before it is
 * lifted, at every verified address, once: while a letter may still reach one, nothing is lifted. A person who does not
 * stand under the ground is not written to, and nothing changes.
 *
 * @param ground - which one; it may be left out where there is one alone.
 * @throws AppError `not-found`, `subject-erased`; `store-unavailable` when somebody could not be told yet; `input-invalid`
 * while the objection that it rests on is undecided, or when several grounds stand and none is named.
 * @see GDPR Art. 18(3)
 */
export async function liftRestriction(
  deps: Deps,
  actor: Actor,
  { tenantId, subjectId }: Person,
  reason: string,
  ground?: RestrictionGround,
): Promise<void> {
  const subject = { tenantId, subjectId };
  const { restriction } = await getSubject(deps.stores, subject).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased")
      throw new AppError("not-found", `no subject ${subjectId}`);
    throw error;
  });
  const lifted = restriction === undefined ? undefined : groundToLift(restriction, subjectId, ground);
  if (restriction === undefined || lifted === undefined) return;
  const ends = withoutGround(restriction, lifted) === undefined;
  const counts = ends ? await tell(deps, subject, restriction) : undefined;
  const notices = ends
    ? await prepareRightNotices(deps, { ...subject, actor, event: "subject.restriction-lifted" })
    : undefined;
  const metadata = {
    ground: lifted,
    ended: ends,
    ...(counts === undefined ? {} : { told: counts.told, undeliverable: counts.undeliverable }),
  };
  // Told, not yet lifted: a repeat after a crash tells nobody twice.
  await actOnSubject(deps, { action: "restriction-lifted", actor, ...subject, reason, metadata }, (tx, targets) => {
    if (!targets.restriction?.grounds.includes(lifted)) return false;
    const left = withoutGround(targets.restriction, lifted);
    // A ground came or went since the person was, or was not, told.
    if ((left === undefined) !== ends) throw new AppError("store-unavailable", `subject ${subjectId} has changed`);
    setRestriction(tx, deps, subject, targets, left);
    notices?.write(tx);
    return true;
  });
  await notices?.publish();
}

/** The ground that is meant, or undefined when the restriction does not stand on it. */
function groundToLift(
  { grounds, objection }: Restriction,
  subjectId: string,
  named: RestrictionGround | undefined,
): RestrictionGround | undefined {
  if (named === undefined && grounds.length > 1)
    throw new AppError("input-invalid", `subject ${subjectId} is restricted on several grounds: name one`);
  const ground = named ?? grounds[0];
  if (ground === undefined || !grounds.includes(ground)) return undefined;
  if (ground === "objection" && objection === "undecided")
    throw new AppError("input-invalid", `the objection of subject ${subjectId} is to be decided first`);
  return ground;
}

async function tell(deps: Deps, subject: Person, { since }: Restriction): Promise<LetterCounts> {
  const addresses = await findVerifiedAddresses(deps, subject);
  const letter = { ...subject, purpose: "restriction-lifted", about: since.toISOString() } as const;
  const counts = await writeToPerson(deps, addresses, letter, restrictionLiftedLetter(), async (tx) => {
    const { restriction } = await getSubjectIn(tx, deps.stores, subject);
    return restriction?.since.getTime() === since.getTime();
  });
  if (counts.underWay > 0)
    throw new AppError("store-unavailable", `another call is telling subject ${subject.subjectId} at this moment`);
  return counts;
}
