import { createHash } from "node:crypto";
import { signEnvelope } from "../crypto/dsse.ts";
import type { JobStep } from "../jobs/job.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { canonicalJson } from "../ledger/canonical-json.ts";
import type { Deps } from "../platform/deps.ts";
import { hasReceipt, issueReceipt } from "../subject-requests/receipts.ts";

/** Payload type of the receipt of a retention run. */
export const retentionReceiptType = "application/vnd.lethe.retention-receipt.v1+json";

/** A receipt of the run, whose digest the log holds; a run that purged nothing leaves none. */
export const complete: JobStep<Deps> = {
  name: "complete",
  async run(deps, { job }) {
    const { tenantId, id, counts } = job;
    const purged = Object.entries(counts).filter(([, count]) => count > 0);
    if (purged.length === 0 || (await hasReceipt(deps.stores, tenantId, id))) return { done: true };
    const issuedAt = deps.clock.now();
    const statement = {
      version: 1,
      receiptId: id,
      tenantId,
      startedAt: job.createdAt.toISOString(),
      issuedAt: issuedAt.toISOString(),
      purged: Object.fromEntries(purged),
    };
    const payload = Buffer.from(canonicalJson(statement));
    const envelope = await signEnvelope(deps, retentionReceiptType, payload);
    const receiptDigest = createHash("sha256").update(payload).digest("hex");
    const audit = await auditContext(deps, tenantId);
    await deps.stores.data.runTransaction(async (tx) => {
      if (await hasReceipt(deps.stores, tenantId, id, tx)) return;
      const leaf = appendEntry(tx, audit, {
        action: "retention-run",
        actor: { kind: "system", id: "retention-step" },
        targets: [{ kind: "job", id }],
        outcome: "success",
        metadata: { receiptDigest, ...counts },
      });
      issueReceipt(tx, deps.stores, tenantId, { id, envelope, leaf, createdAt: issuedAt });
    });
    return { done: true };
  },
};
