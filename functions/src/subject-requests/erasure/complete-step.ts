import { createHash } from "node:crypto";
import { signEnvelope } from "../../crypto/dsse.ts";
import type { JobStep } from "../../jobs/job.ts";
import { appendEntry, auditContext } from "../../ledger/append-entry.ts";
import { canonicalJson } from "../../ledger/canonical-json.ts";
import type { Deps } from "../../platform/deps.ts";
import { holdsInForce } from "../held-items.ts";
import { createReceipt, findReceipt, findTombstone, findTombstoneIn, updateTombstone } from "../store.ts";
import { erasureReceipt, erasureReceiptType } from "./receipt.ts";
import { scopeOfJob } from "./scope.ts";

/** Closes the tombstone with a signed receipt whose digest the audit entry holds; one transaction, one receipt. */
export const complete: JobStep<Deps> = {
  name: "complete",
  async run(deps, { job }) {
    const { tenantId, id } = job;
    if ((await findReceipt(deps.stores, tenantId, id)) !== undefined) return { done: true };
    const scope = scopeOfJob(job);
    const tombstone = await findTombstone(deps.stores, tenantId, id);
    const holds = await holdsInForce(deps.stores, { tenantId, subjectId: scope.subjectId }, job.createdAt);
    const issuedAt = deps.clock.now();
    const payload = Buffer.from(canonicalJson(erasureReceipt({ job, scope, tombstone, holds, issuedAt })));
    const envelope = await signEnvelope(deps, erasureReceiptType, payload);
    const receiptDigest = createHash("sha256").update(payload).digest("hex");
    const audit = await auditContext(deps, tenantId);
    await deps.stores.data.runTransaction(async (tx) => {
      const current = await findTombstoneIn(tx, deps.stores, tenantId, id);
      if (current?.state === "done") return;
      if (current !== undefined)
        updateTombstone(tx, deps.stores, { id, tenantId }, { state: "done", finishedAt: issuedAt });
      const leaf = appendEntry(tx, audit, {
        action: "erasure-completed",
        actor: { kind: "system", id: "erasure-step" },
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
