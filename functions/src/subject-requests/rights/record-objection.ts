import type { Actor } from "../../identity/caller.ts";
import type { Deps } from "../../platform/deps.ts";
import { prepareRightNotices } from "../../recipients/tell-of-right.ts";
import { fileRequest } from "../file-request.ts";
import { actOnSubject } from "./act.ts";
import { setRestriction, withGround } from "./set-restriction.ts";

/**
 * Records an objection, which restricts at once until it is decided; staff are reminded of it until then.
 *
 * @throws AppError `not-found`, `subject-erased`.
 * @see GDPR Art. 21(1), 18(1)(d), 12(3)
 */
export async function recordObjection(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const receivedAt = deps.clock.now();
  const requestId = deps.ids.next();
  const notices = await prepareRightNotices(deps, { tenantId, subjectId, actor, event: "subject.restricted" });
  const act = { action: "objection-received", actor, tenantId, subjectId } as const;
  await actOnSubject(deps, act, (tx, targets, audit) => {
    if (targets.restriction?.objection === "undecided") return false;
    const restriction = withGround(targets.restriction, "objection", receivedAt);
    setRestriction(tx, deps, subject, targets, { ...restriction, objection: "undecided" });
    fileRequest(tx, deps, audit, { requestId, tenantId, subjectId, kind: "objection", actor, receivedAt });
    if (targets.state !== "restricted") notices.write(tx);
    return true;
  });
  await notices.publish();
}
