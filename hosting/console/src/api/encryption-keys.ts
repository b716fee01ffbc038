import type { Api } from "./api.ts";

/** A version of the key that wraps persons' keys. */
export interface TenantKeyDates {
  version: number;
  createdAt: string;
  kmsVersion: string;
  /** From when an old one is destroyed. */
  destroyedFrom?: string;
}

/** A version of the region's key in Cloud KMS. */
export interface KmsVersionDates {
  version: string;
  state: string;
  createdAt: string;
  unusedSince?: string;
  destroyedFrom?: string;
  destroyAt?: string;
}

/** The keys that protect the account's data, by their dates. */
export interface EncryptionKeys {
  tenantKeys: readonly TenantKeyDates[];
  nextRotationAt: string;
  kmsVersions: readonly KmsVersionDates[];
}

/** When the keys were made, and when they are replaced and destroyed. */
export function getEncryptionKeys(api: Api, signal: AbortSignal): Promise<EncryptionKeys> {
  return api.get<EncryptionKeys>("/v1/keys/rotation", { signal });
}

/** Starts a rotation; asking twice a day starts one. @returns its job. */
export async function rotateKeys(api: Api): Promise<string> {
  return (await api.post<{ jobId: string }>("/v1/keys/rotation")).jobId;
}
