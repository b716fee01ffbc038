import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../../platform/deps.ts";
import type { FreezeTargets, Restriction, RestrictionGround } from "../../subjects/freeze-subject.ts";
import { noteTombstone } from "../note-tombstone.ts";

/** Restricts a person, or lifts the restriction, and notes it for restores: the last note holds. */
export function setRestriction(
  tx: Transaction,
  deps: Deps,
  subject: { tenantId: string; subjectId: string },
  { apply }: FreezeTargets,
  restriction: Restriction | undefined,
): void {
  const { tenantId, subjectId } = subject;
  const state = restriction === undefined ? "active" : "restricted";
  apply(state, restriction);
  const { grounds, since, objection } = restriction ?? {};
  const targets = {
    subjectId,
    state,
    ...(grounds === undefined ? {} : { grounds: grounds.join(" ") }),
    ...(since === undefined ? {} : { since: since.toISOString() }),
    ...(objection === undefined ? {} : { objection }),
  };
  noteTombstone(tx, deps, { tenantId, kind: "restriction", targets, at: deps.clock.now() });
}

/** A restriction with one more ground; one that stands on it already is as it was. */
export function withGround(earlier: Restriction | undefined, ground: RestrictionGround, since: Date): Restriction {
  if (earlier === undefined) return { grounds: [ground], since };
  return earlier.grounds.includes(ground) ? earlier : { ...earlier, grounds: [...earlier.grounds, ground] };
}

/** A restriction without a ground; undefined when it stood on that one alone. */
export function withoutGround(restriction: Restriction, ground: RestrictionGround): Restriction | undefined {
  const grounds = restriction.grounds.filter((one) => one !== ground);
  return grounds.length === 0 ? undefined : { ...restriction, grounds };
}
