import { createHash } from "node:crypto";
import { signEnvelope } from "../crypto/dsse.ts";
import type { JobStep } from "../jobs/job.ts";
import { canonicalJson } from "../ledger/canonical-json.ts";
import { finalLeaf, logWithLeaf, publishFinalTiles } from "../ledger/closed-log.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { closureCertificate, closureCertificateType } from "./certificate.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/**
 * Signs the certificate and makes its digest the last entry of the account's log, which is hashes by now; one
 * transaction, one certificate. `log` in the certificate is the head before that entry.
 */
export const certify: JobStep<Deps> = {
  name: "certify",
  async run(deps, { job, assertHeld }) {
    const { tenantId, id: jobId } = job;
    const account = await findClosedRecord(deps.stores, tenantId);
    if (account?.certificate !== undefined) return { done: true };
    if (!account?.log) throw new AppError("ledger-malformed", `log of ${tenantId} was not kept`);
    const issuedAt = deps.clock.now();
    const payload = Buffer.from(canonicalJson(closureCertificate({ job, account, issuedAt })));
    const envelope = await signEnvelope(deps, closureCertificateType, payload);
    const receiptDigest = createHash("sha256").update(payload).digest("hex");
    const event = { action: "closure-completed", actorId: "closure-step", jobId, receiptDigest } as const;
    const leaf = finalLeaf(deps, tenantId, { ...event, occurredAt: issuedAt });
    const log = await logWithLeaf(deps, account.log, leaf);
    // Tiles before the checkpoint that anybody may read. If we die in between, another certificate is made and other
    // tiles are written; `publish-log` has the last word.
    await publishFinalTiles(deps, tenantId, log.size, leaf);
    await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      const current = await findClosedRecord(deps.stores, tenantId, tx);
      // A head that nobody was given forks nothing: the one that is stored first counts.
      if (current?.certificate !== undefined) return;
      changeClosedRecord(tx, deps.stores, tenantId, { certificate: { envelope, leaf, issuedAt }, log });
    });
    return { done: true };
  },
};

/** Writes the tiles that the entry of the certificate that was kept changed: a run of `certify` that lost may have written its own. */
export const publishLog: JobStep<Deps> = {
  name: "publish-log",
  async run(deps, { job: { tenantId } }) {
    const account = await findClosedRecord(deps.stores, tenantId);
    if (!account?.log || account.certificate === undefined)
      throw new AppError("ledger-malformed", `log of ${tenantId} has no last entry`);
    await publishFinalTiles(deps, tenantId, account.log.size, account.certificate.leaf);
    return { done: true };
  },
};
