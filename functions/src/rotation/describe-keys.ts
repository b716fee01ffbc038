import { listTenantKeys } from "../crypto/tenant-keys.ts";
import type { Deps } from "../platform/deps.ts";
import { destroyableFrom, rotationDueAt } from "./schedule.ts";
import { readKeySweep } from "./store.ts";

/** The keys that protect a tenant's data, with the dates by which they change; never a key itself. */
export interface KeyDates {
  /** Versions of the key that wraps persons' keys, newest first. */
  tenantKeys: {
    version: number;
    createdAt: Date;
    /** Number of the Cloud KMS version that wraps it. */
    kmsVersion: string;
    /** From when an old one is destroyed: nothing live needs it then, and no backup. */
    destroyedFrom?: Date;
  }[];
  /** When the next tenant key is made by itself. */
  nextRotationAt: Date;
  /** Versions of the region's key in Cloud KMS, newest first; empty before the first sweep. */
  kmsVersions: {
    version: string;
    state: string;
    createdAt: Date;
    unusedSince?: Date;
    /** From when its destruction is scheduled. */
    destroyedFrom?: Date;
    /** From when it cannot be called back. */
    destroyAt?: Date;
  }[];
}

/** The dates of a tenant's keys. */
export async function describeKeys(deps: Deps, tenantId: string): Promise<KeyDates> {
  const { versions } = await readKeySweep(deps.stores);
  const wrapping = (await listTenantKeys(deps, tenantId))
    .filter(({ purpose }) => purpose === "tenant")
    .sort((a, b) => b.version - a.version);
  const newestAt = wrapping[0]?.createdAt ?? deps.clock.now();
  return {
    tenantKeys: wrapping.map(({ version, createdAt, kekVersion }, position) => ({
      version,
      createdAt,
      kmsVersion: numberOf(kekVersion),
      ...(position === 0 ? {} : { destroyedFrom: destroyableFrom(newestAt) }),
    })),
    nextRotationAt: rotationDueAt(newestAt),
    kmsVersions: versions
      .map(({ name, unusedSince, ...version }) => ({
        version: numberOf(name),
        ...version,
        ...(unusedSince === undefined ? {} : { unusedSince, destroyedFrom: destroyableFrom(unusedSince) }),
      }))
      .sort((a, b) => Number(b.version) - Number(a.version)),
  };
}

function numberOf(versionName: string): string {
  return versionName.split("/").at(-1) ?? "";
}
