import type { KeyCache } from "../crypto/key-cache.ts";
import type { Kms } from "../ports/kms.ts";
import { publicKeyOf } from "./ed25519.ts";
import { type VerifierKey, verifierKey } from "./verifier-key.ts";

export interface LogKeyDeps {
  kms: Kms;
  signingKeyName: string;
  keyCache: KeyCache;
  config: { API_ORIGIN: string };
}

/** Name of a tenant's log: host of the region's API and the log's id, which is the tenant's. */
export function originOf(deps: LogKeyDeps, tenantId: string): string {
  return `${new URL(deps.config.API_ORIGIN).host}/${tenantId}`;
}

/**
 * The key with which a log's checkpoints are verified.
 *
 * @throws AppError `key-unavailable` when Cloud KMS cannot be asked.
 */
export async function logKey(deps: LogKeyDeps, origin: string): Promise<VerifierKey> {
  const name = deps.signingKeyName;
  const pem = await deps.keyCache.remember(`public/${name}`, () => deps.kms.publicKey(name));
  return verifierKey(origin, "ed25519", publicKeyOf(pem));
}
