import { createHash } from "node:crypto";
import { signEnvelope } from "../../crypto/dsse.ts";
import type { Job, JobStep } from "../../jobs/job.ts";
import { type AuditContext, appendEntry, auditContext, auditContextOfErased } from "../../ledger/append-entry.ts";
import { canonicalJson } from "../../ledger/canonical-json.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { completeRequest, findRequestIn } from "../complete-request.ts";
import { createReceipt, findReceipt, findTombstone, findTombstoneIn, updateTombstone } from "../store.ts";
import { holdsOf } from "./held-by-job.ts";
import { erasureReceipt, erasureReceiptType } from "./receipt.ts";
import { scopeOfJob } from "./scope.ts";

const actor = { kind: "system", id: "erasure-step" } as const;

/**
 * Closes the tombstone with a signed receipt whose digest the audit entry holds, and the request, unless it went with its
 * person; one transaction, one receipt.
 */
export const complete: JobStep<Deps> = {
  name: "complete",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    if ((await findReceipt(deps.stores, tenantId, id)) !== undefined) return { done: true };
    const scope = scopeOfJob(job);
    const tombstone = await findTombstone(deps.stores, tenantId, id);
    const holds = scope.kind === "person" ? await holdsOf(deps, job) : [];
    const issuedAt = deps.clock.now();
    const payload = Buffer.from(canonicalJson(erasureReceipt({ job, scope, tombstone, holds, issuedAt })));
    const envelope = await signEnvelope(deps, erasureReceiptType, payload);
    const receiptDigest = createHash("sha256").update(payload).digest("hex");
    const audit = await contextOf(deps, job);
    await deps.stores.data.runTransaction(async (tx) => {
      const [current, request] = await Promise.all([
        findTombstoneIn(tx, deps.stores, tenantId, id),
        findRequestIn(tx, deps.stores, tenantId, job.targets.requestId ?? id),
      ]);
      if (current?.state === "done") return;
      if (current !== undefined)
        updateTombstone(tx, deps.stores, { id, tenantId }, { state: "done", finishedAt: issuedAt });
      completeRequest(tx, deps, audit, request, { actor, at: issuedAt });
      const leaf = appendEntry(tx, audit, {
        action: "erasure-completed",
        actor,
        personalTargets: [{ kind: "subject", id: scope.subjectId }],
        targets: [
          { kind: "job", id },
          { kind: "receipt", id },
        ],
        outcome: "success",
        metadata: { receiptDigest },
      });
      createReceipt(tx, deps.stores, tenantId, { id, envelope, leaf, createdAt: issuedAt });
    });
    return { done: true };
  },
};

/** The context of the person whose request it was; once the person's key is gone, of what is kept as evidence. */
function contextOf(deps: Deps, job: Job): Promise<AuditContext> {
  return auditContext(deps, job.tenantId, scopeOfJob(job).subjectId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased") return auditContextOfErased(deps, job.tenantId);
    throw error;
  });
}
