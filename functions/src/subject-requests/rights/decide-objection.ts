import type { Actor } from "../../identity/caller.ts";
import type { Deps } from "../../platform/deps.ts";
import { getSubject } from "../../subjects/get-subject.ts";
import { completeRequest, openRequestsOf } from "../complete-request.ts";
import { actOnSubject } from "./act.ts";
import { liftRestriction } from "./lift-restriction.ts";
import { setRestriction } from "./set-restriction.ts";

/**
 * Decides an objection: upheld, the person stays restricted (erasure is a request of its own); rejected on compelling
 * grounds, the restriction stands on it no more: when there is no other ground, the person is told and it is lifted.
 * Deciding one that is decided already changes nothing.
 *
 * @throws AppError `not-found`, `subject-erased`; `store-unavailable` when the person could not be told yet.
 * @see GDPR Art. 21(1)
 */
export async function decideObjection(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  decision: "upheld" | "rejected",
  reason: string,
): Promise<void> {
  const { tenantId, subjectId } = subject;
  const at = deps.clock.now();
  const act = { action: "objection-decided", actor, tenantId, subjectId, reason, metadata: { decision } } as const;
  await actOnSubject(deps, act, async (tx, targets, audit) => {
    const { restriction } = targets;
    if (restriction?.objection !== "undecided") return false;
    const requests = await openRequestsOf(tx, deps.stores, subject, "objection");
    setRestriction(tx, deps, subject, targets, { ...restriction, objection: decision });
    for (const request of requests) completeRequest(tx, deps, audit, request, { actor, at });
    return true;
  });
  // Decided, not yet lifted: a repeat of the call goes on here.
  const { restriction } = await getSubject(deps.stores, subject);
  if (restriction?.objection === "rejected") await liftRestriction(deps, actor, subject, reason, "objection");
}
