import { type ClosedLog, proofOfFinalLeaf } from "../ledger/closed-log.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { ClosedAccount } from "./store.ts";

/**
 * The certificate of a closed account as `verify` takes it: envelope, its entry in the log, and the proof.
 *
 * @throws AppError `not-found` before it is signed; `store-unavailable` when the log's tiles cannot be read.
 */
export async function certificateFile(deps: Deps, account: ClosedAccount): Promise<Uint8Array> {
  const { tenantId, certificate, log } = account;
  if (certificate === undefined || !log) throw new AppError("not-found", `no certificate of ${tenantId}`);
  const proof = await proofOfFinalLeaf(deps, tenantId, log satisfies ClosedLog);
  const leaf = Buffer.from(certificate.leaf).toString("base64");
  return Buffer.from(`${JSON.stringify({ envelope: certificate.envelope, proof, leaf }, null, 2)}\n`);
}
