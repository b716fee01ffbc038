import { unwrapKey, wrapKey } from "./envelope.ts";
import { keyNameOf } from "./keyring.ts";
import {
  changeTenantKeyRecord,
  countKeysBefore,
  findTenantKeyRecord,
  listWrappedKeys,
  rewrapKey,
  type WrappedKeyPlace,
  type WrappedTenantKey,
} from "./store.ts";
import { type CryptoDeps, tenantKey, tenantKeyOfVersion } from "./tenant-keys.ts";

const collections = ["deks", "jobKeys", "evidence"] as const satisfies WrappedKeyPlace["collection"][];

function isCollection(name: unknown): name is (typeof collections)[number] {
  return collections.some((collection) => collection === name);
}

/**
 * Wraps a page of keys under the tenant's newest key. A key destroyed meanwhile stays destroyed; one rewrapped already
 * is left alone.
 *
 * @param from - collection and id to go on behind; undefined at the start.
 * @returns how many were rewrapped, and where to go on; `next` absent at the end.
 */
export async function rewrapPage(
  deps: CryptoDeps,
  tenantId: string,
  from: { collection?: unknown; after?: unknown },
  limit: number,
): Promise<{ rewrapped: number; next?: { collection: string; after: string } }> {
  const collection = isCollection(from.collection) ? from.collection : collections[0];
  const after = typeof from.after === "string" ? from.after : "";
  const newest = await tenantKey(deps, tenantId, "tenant");
  const places = await listWrappedKeys(deps.stores, tenantId, collection, after, limit);
  let rewrapped = 0;
  for (const { place, tenantKeyVersion } of places) {
    if (tenantKeyVersion === newest.version) continue;
    const old = await tenantKeyOfVersion(deps, tenantId, "tenant", tenantKeyVersion);
    await rewrapKey(deps.stores, place, (key) => {
      if (key.tenantKeyVersion !== tenantKeyVersion) return key;
      const bytes = unwrapKey({ kind: "tenant", bytes: old.bytes }, keyNameOf(place), key.wrapped);
      const wrapped = wrapKey({ kind: "tenant", bytes: newest.bytes }, keyNameOf(place), bytes, deps.ids);
      return { ...key, wrapped, tenantKeyVersion: newest.version };
    });
    rewrapped += 1;
  }
  const last = places.at(-1);
  if (places.length === limit && last !== undefined) return { rewrapped, next: { collection, after: last.id } };
  const following = collections[collections.indexOf(collection) + 1];
  return following === undefined ? { rewrapped } : { rewrapped, next: { collection: following, after: "" } };
}

/** How many of a tenant's keys are wrapped by a version of its wrapping key older than `version`. */
export async function countStaleKeys(deps: CryptoDeps, tenantId: string, version: number): Promise<number> {
  const counts = await Promise.all(
    collections.map((collection) => countKeysBefore(deps.stores, tenantId, collection, version)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

const isOlder = (key: WrappedTenantKey, version: number) => key.purpose === "tenant" && key.version < version;

/** How many versions of the tenant's wrapping key are older than `version`. */
export async function countVersionsBefore(deps: CryptoDeps, tenantId: string, version: number): Promise<number> {
  const { keys } = (await findTenantKeyRecord(deps.stores, tenantId)) ?? { keys: [] };
  return keys.filter((key) => isOlder(key, version)).length;
}

/**
 * Destroys the versions of the tenant's wrapping key older than `version`; what is newer stays, since another rotation
 * may have made it and other instances wrap with it. Safe to repeat.
 */
export async function retireTenantKeys(deps: CryptoDeps, tenantId: string, version: number): Promise<void> {
  await changeTenantKeyRecord(deps.stores, tenantId, ({ keys }) => {
    return { keys: keys.filter((key) => !isOlder(key, version)) };
  });
  deps.keyCache.forget(`tenant/${tenantId}/`);
}
