import { findInclusionProof } from "../ledger/find-inclusion-proof.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findReceipt, listReceipts } from "./store.ts";

/** A receipt as it is handed out: the envelope, its audit entry, and the proof that the log holds that entry. */
export interface ReceiptWithProof {
  envelope: unknown;
  /** Base64 of the entry's canonical JSON. */
  leaf: string;
  /** `c2sp.org/tlog-proof@v1` text. */
  proof: string;
}

/**
 * A receipt with its ledger proof, as `verify` takes it.
 *
 * @throws AppError `not-found`; `store-unavailable` while the entry waits to be integrated: within a minute it is not.
 */
export async function readReceipt(deps: Deps, tenantId: string, receiptId: string): Promise<ReceiptWithProof> {
  const receipt = await findReceipt(deps.stores, tenantId, receiptId);
  if (receipt?.leaf === undefined) throw new AppError("not-found", `no receipt ${receiptId}`);
  const proof = await findInclusionProof(deps, tenantId, receipt.leaf);
  if (proof === undefined) {
    await deps.publisher.publish("ledger-nudges", { tenantId });
    throw new AppError("store-unavailable", `receipt ${receiptId} waits for its proof`);
  }
  return { envelope: receipt.envelope, leaf: Buffer.from(receipt.leaf).toString("base64"), proof };
}

/** Receipts of the tenant, newest first: their ids, kinds and times. */
export async function listReceiptSummaries(
  deps: Deps,
  tenantId: string,
): Promise<{ receiptId: string; payloadType: string; createdAt: Date }[]> {
  const receipts = await listReceipts(deps.stores, tenantId, 100);
  return receipts.map(({ id, envelope, createdAt }) => ({
    receiptId: id,
    payloadType: envelope.payloadType,
    createdAt,
  }));
}
