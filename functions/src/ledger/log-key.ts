import type { KeyCache } from "../crypto/key-cache.ts";
import type { Kms } from "../ports/kms.ts";
import { publicKeyOf } from "./ed25519.ts";
import { type VerifierKey, verifierKey } from "./verifier-key.ts";

export interface LogKeyDeps {
  kms: Kms;
  /** The version that signs; the newest of `signingKeys`. */
  signingKeyName: string;
  /** Every version that has signed, the newest first; `from` is absent for the first. */
  signingKeys: readonly { name: string; from?: Date }[];
  keyCache: KeyCache;
  config: { API_ORIGIN: string };
}

/** Name of a tenant's log: host of the region's API and the log's id, which is the tenant's. */
export function originOf(deps: LogKeyDeps, tenantId: string): string {
  return `${new URL(deps.config.API_ORIGIN).host}/${tenantId}`;
}

/** The key with which a log's newest checkpoints are verified. @throws AppError `key-unavailable`. */
export async function logKey(deps: LogKeyDeps, origin: string): Promise<VerifierKey> {
  return verifierKeyOf(deps, origin, deps.signingKeyName);
}

/** A verifier key and when it signed: `from` is absent for the first, `until` for the one that signs. */
export interface DatedLogKey {
  key: VerifierKey;
  from?: Date;
  until?: Date;
}

/**
 * Every key with which some checkpoint of a log may be verified, the newest first.
 *
 * @throws AppError `key-unavailable` when Cloud KMS cannot be asked.
 */
export function listLogKeys(deps: LogKeyDeps, origin: string): Promise<DatedLogKey[]> {
  return Promise.all(
    deps.signingKeys.map(async ({ name, from }, place) => {
      const until = deps.signingKeys[place - 1]?.from;
      return { key: await verifierKeyOf(deps, origin, name), ...(from && { from }), ...(until && { until }) };
    }),
  );
}

async function verifierKeyOf(deps: LogKeyDeps, origin: string, name: string): Promise<VerifierKey> {
  const pem = await deps.keyCache.remember(`public/${name}`, () => deps.kms.publicKey(name));
  return verifierKey(origin, "ed25519", publicKeyOf(pem));
}
