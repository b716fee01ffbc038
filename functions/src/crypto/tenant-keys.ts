import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Kms } from "../ports/kms.ts";
import type { KeyCache } from "./key-cache.ts";
import { createTenantKeyRecord, findTenantKeyRecord, type TenantKeyRecord, type WrappedTenantKey } from "./store.ts";

/**
 * What a tenant has a key for. `tenant` wraps the keys of persons and jobs and rotates; `index` makes blind indexes;
 * `turn` makes ids from idempotency keys and is never rotated; `audit` seals what names staff.
 */
export const tenantKeyPurposes = ["tenant", "index", "turn", "audit"] as const;
export type TenantKeyPurpose = (typeof tenantKeyPurposes)[number];

export interface CryptoDeps {
  stores: Stores;
  kms: Kms;
  ids: Ids;
  clock: Clock;
  kekName: string;
  keyCache: KeyCache;
}

/** An unwrapped key of a tenant and its version. */
export interface TenantKey {
  version: number;
  bytes: Uint8Array;
}

function wrapAad(tenantId: string, purpose: TenantKeyPurpose, version: number): Uint8Array {
  return Buffer.from(JSON.stringify(["lethe/tenant-key/v1", tenantId, purpose, version]));
}

/**
 * Makes one fresh key for a purpose, wrapped by Cloud KMS with the tenant id, purpose and version as additional data.
 *
 * @throws AppError `key-unavailable` when Cloud KMS cannot be used.
 */
export async function makeTenantKey(
  deps: CryptoDeps,
  tenantId: string,
  purpose: TenantKeyPurpose,
  version: number,
): Promise<WrappedTenantKey> {
  return wrapTenantKey(deps, tenantId, { purpose, version, createdAt: deps.clock.now() }, deps.ids.bytes(32));
}

/** Wraps a tenant's key under Cloud KMS's primary version. @throws AppError `key-unavailable`. */
export async function wrapTenantKey(
  deps: CryptoDeps,
  tenantId: string,
  key: Omit<WrappedTenantKey, "wrapped" | "kekVersion">,
  bytes: Uint8Array,
): Promise<WrappedTenantKey> {
  const { ciphertext, version } = await deps.kms.encrypt(
    deps.kekName,
    bytes,
    wrapAad(tenantId, key.purpose, key.version),
  );
  return { ...key, wrapped: ciphertext, kekVersion: version };
}

/** Unwraps a tenant's key. @throws AppError `key-unavailable`, `ciphertext-invalid`. */
export function openTenantKey(deps: CryptoDeps, tenantId: string, key: WrappedTenantKey): Promise<Uint8Array> {
  return deps.kms.decrypt(deps.kekName, key.wrapped, wrapAad(tenantId, key.purpose, key.version));
}

/**
 * Makes and stores all keys of a new tenant, before any of its data is written.
 *
 * @throws AppError `already-exists` when the tenant has keys; `key-unavailable` when Cloud KMS cannot be used.
 */
export async function createTenantKeys(deps: CryptoDeps, tenantId: string): Promise<void> {
  const keys = await Promise.all(tenantKeyPurposes.map((purpose) => makeTenantKey(deps, tenantId, purpose, 1)));
  await createTenantKeyRecord(deps.stores, tenantId, { keys });
}

/** What may be known of a tenant's key without opening it. */
export type TenantKeyDates = Pick<WrappedTenantKey, "purpose" | "version" | "kekVersion" | "createdAt">;

/** Purpose, version, wrapping version and age of each of a tenant's keys; none for a tenant without any. */
export async function listTenantKeys(deps: CryptoDeps, tenantId: string): Promise<readonly TenantKeyDates[]> {
  const record = await findTenantKeyRecord(deps.stores, tenantId);
  return (record?.keys ?? []).map(({ purpose, version, kekVersion, createdAt }) => {
    return { purpose, version, kekVersion, createdAt };
  });
}

async function loadRecord(deps: CryptoDeps, tenantId: string): Promise<TenantKeyRecord> {
  const record = await findTenantKeyRecord(deps.stores, tenantId);
  if (record === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} has no keys`);
  return record;
}

/**
 * The newest key of a purpose; kept in memory for at most five minutes.
 *
 * @throws AppError `tenant-closed` when the tenant has no keys, `key-unavailable` when Cloud KMS cannot be used.
 */
export async function tenantKey(deps: CryptoDeps, tenantId: string, purpose: TenantKeyPurpose): Promise<TenantKey> {
  return tenantKeyOfVersion(deps, tenantId, purpose, undefined);
}

/**
 * The key of a purpose at a version, for opening what an older version sealed.
 *
 * @param version - the version, or undefined for the newest.
 * @throws AppError `tenant-closed`, `key-unavailable`; `ciphertext-invalid` for a version that does not exist.
 */
export async function tenantKeyOfVersion(
  deps: CryptoDeps,
  tenantId: string,
  purpose: TenantKeyPurpose,
  version: number | undefined,
): Promise<TenantKey> {
  const slot = `tenant/${tenantId}/${purpose}/${version ?? "newest"}`;
  return deps.keyCache.remember(slot, async () => {
    const { keys } = await loadRecord(deps, tenantId);
    const candidates = keys.filter((key) => key.purpose === purpose).sort((a, b) => b.version - a.version);
    const found = version === undefined ? candidates[0] : candidates.find((key) => key.version === version);
    if (found === undefined)
      throw new AppError("ciphertext-invalid", `tenant ${tenantId} has no ${purpose} key ${version ?? ""}`);
    const bytes = await openTenantKey(deps, tenantId, found);
    return { version: found.version, bytes };
  });
}
