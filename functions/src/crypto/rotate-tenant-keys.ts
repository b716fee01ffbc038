import { changeTenantKeyRecord, findTenantKeyRecord, type WrappedTenantKey } from "./store.ts";
import { type CryptoDeps, makeTenantKey, openTenantKey, wrapTenantKey } from "./tenant-keys.ts";

function newestOf(keys: readonly WrappedTenantKey[]): number {
  return Math.max(0, ...keys.filter((key) => key.purpose === "tenant").map((key) => key.version));
}

/**
 * Adds a version of the key that wraps persons' keys, unless one was added since `since`: safe to repeat.
 *
 * @throws AppError `key-unavailable`, `tenant-closed`.
 */
export async function startTenantKeyVersion(deps: CryptoDeps, tenantId: string, since: Date): Promise<void> {
  const record = await findTenantKeyRecord(deps.stores, tenantId);
  const fresh = await makeTenantKey(deps, tenantId, "tenant", newestOf(record?.keys ?? []) + 1);
  await changeTenantKeyRecord(deps.stores, tenantId, ({ keys }) => {
    const added = keys.some((key) => key.purpose === "tenant" && key.version > 1 && key.createdAt >= since);
    return { keys: added || newestOf(keys) >= fresh.version ? keys : [...keys, fresh] };
  });
  deps.keyCache.forget(`tenant/${tenantId}/`);
}

/** Wraps every key of a tenant anew under Cloud KMS's primary version, so that an older version can be destroyed. */
export async function rewrapTenantKeys(deps: CryptoDeps, tenantId: string): Promise<void> {
  const record = await findTenantKeyRecord(deps.stores, tenantId);
  const rewrapped = await Promise.all(
    (record?.keys ?? []).map(async (key) =>
      wrapTenantKey(deps, tenantId, key, await openTenantKey(deps, tenantId, key)),
    ),
  );
  await changeTenantKeyRecord(deps.stores, tenantId, ({ keys }) => ({
    keys: keys.map(
      (key) => rewrapped.find((other) => other.purpose === key.purpose && other.version === key.version) ?? key,
    ),
  }));
}
