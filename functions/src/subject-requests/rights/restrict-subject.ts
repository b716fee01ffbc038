import type { Actor } from "../../identity/caller.ts";
import type { Deps } from "../../platform/deps.ts";
import { prepareRightNotices } from "../../recipients/tell-of-right.ts";
import type { RestrictionGround } from "../../subjects/freeze-subject.ts";
import { fileRequest } from "../file-request.ts";
import { actOnSubject } from "./act.ts";
import { setRestriction, withGround } from "./set-restriction.ts";

/**
 * Restricts processing: what is kept of the person is kept, and not used. Chat, leads, purges and workflows pass over
 * the person until no ground is left. Recipients are told when it begins. A ground that it stands on already changes
 * nothing.
 *
 * @param ground - which of the four grounds of Art. 18(1).
 * @throws AppError `not-found`, `subject-erased`.
 * @see GDPR Art. 18(1), 19
 */
export async function restrictSubject(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  ground: RestrictionGround,
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const since = deps.clock.now();
  const requestId = deps.ids.next();
  const request = { requestId, tenantId, subjectId, kind: "restriction", actor } as const;
  const notices = await prepareRightNotices(deps, { tenantId, subjectId, actor, event: "subject.restricted" });
  const act = { action: "subject-restricted", actor, tenantId, subjectId, metadata: { ground } } as const;
  await actOnSubject(deps, act, (tx, targets, audit) => {
    if (targets.restriction?.grounds.includes(ground)) return false;
    setRestriction(tx, deps, subject, targets, withGround(targets.restriction, ground, since));
    fileRequest(tx, deps, audit, { ...request, receivedAt: since, answeredAt: since });
    if (targets.state !== "restricted") notices.write(tx);
    return true;
  });
  await notices.publish();
}
