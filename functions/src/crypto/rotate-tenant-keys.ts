import { AppError } from "../platform/errors.ts";
import { changeTenantKeyRecord, findTenantKeyRecord, type TenantKeyRecord, type WrappedTenantKey } from "./store.ts";
import { type CryptoDeps, makeTenantKey, openTenantKey, wrapTenantKey } from "./tenant-keys.ts";

/** A version of the key that wraps persons' keys, as the rotation that made it knows it. */
export type RotatedVersion = Pick<WrappedTenantKey, "version" | "createdAt">;

function newestOf({ keys }: TenantKeyRecord): number {
  return Math.max(0, ...keys.filter(({ purpose }) => purpose === "tenant").map(({ version }) => version));
}

function madeBy({ keys }: TenantKeyRecord, jobId: string): RotatedVersion | undefined {
  return keys.find((key) => key.purpose === "tenant" && key.jobId === jobId);
}

/** The version that a rotation made; undefined before it did, and once a later rotation has destroyed it. */
export async function findRotatedVersion(
  deps: CryptoDeps,
  tenantId: string,
  jobId: string,
): Promise<RotatedVersion | undefined> {
  const record = await findTenantKeyRecord(deps.stores, tenantId);
  return record === undefined ? undefined : madeBy(record, jobId);
}

/**
 * Adds a version of the key that wraps persons' keys, one a rotation: safe to repeat.
 *
 * @throws AppError `key-unavailable`, `tenant-closed`.
 */
export async function startTenantKeyVersion(deps: CryptoDeps, tenantId: string, jobId: string): Promise<void> {
  const record = (await findTenantKeyRecord(deps.stores, tenantId)) ?? { keys: [] };
  if (madeBy(record, jobId) !== undefined) return;
  const fresh = { ...(await makeTenantKey(deps, tenantId, "tenant", newestOf(record) + 1)), jobId };
  await changeTenantKeyRecord(deps.stores, tenantId, (current) => {
    const isTaken = newestOf(current) >= fresh.version;
    return isTaken || madeBy(current, jobId) !== undefined ? current : { keys: [...current.keys, fresh] };
  });
  // A rotation that was faster took the number, which the key's additional data names.
  if ((await findRotatedVersion(deps, tenantId, jobId)) === undefined)
    return startTenantKeyVersion(deps, tenantId, jobId);
  deps.keyCache.forget(`tenant/${tenantId}/`);
}

/**
 * Wraps every key of a tenant anew under Cloud KMS's primary version, so that an older version can be destroyed. What
 * Cloud KMS answers is opened and compared before it replaces anything: a key that cannot be opened is everything lost.
 *
 * @throws AppError `key-unavailable`: nothing is replaced, try again.
 */
export async function rewrapTenantKeys(deps: CryptoDeps, tenantId: string): Promise<void> {
  const record = await findTenantKeyRecord(deps.stores, tenantId);
  const rewrapped = await Promise.all((record?.keys ?? []).map((key) => rewrapOne(deps, tenantId, key)));
  await changeTenantKeyRecord(deps.stores, tenantId, ({ keys }) => ({
    keys: keys.map(
      (key) => rewrapped.find((other) => other.purpose === key.purpose && other.version === key.version) ?? key,
    ),
  }));
}

async function rewrapOne(deps: CryptoDeps, tenantId: string, key: WrappedTenantKey): Promise<WrappedTenantKey> {
  const bytes = await openTenantKey(deps, tenantId, key);
  const rewrapped = await wrapTenantKey(deps, tenantId, key, bytes);
  if (!Buffer.from(await openTenantKey(deps, tenantId, rewrapped)).equals(bytes)) {
    throw new AppError(
      "key-unavailable",
      `the ${key.purpose} key of tenant ${tenantId} does not open as it was wrapped`,
    );
  }
  return rewrapped;
}
