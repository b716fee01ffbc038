import type { KmsVersionDates, TenantKeyDates } from "../api/encryption-keys.ts";
import { dayOf } from "./time.ts";

const date = (at: string) => dayOf(new Date(at));

/** A version of the account's key, in a sentence. */
export function tenantKeyLine({ createdAt, kmsVersion, destroyedFrom }: TenantKeyDates): string {
  const made = `Made ${date(createdAt)}, wrapped by version ${kmsVersion} in Cloud KMS`;
  return destroyedFrom === undefined ? `${made}.` : `${made}. Replaced; destroyed from ${date(destroyedFrom)}.`;
}

/** A version in Cloud KMS, in a sentence. */
export function kmsVersionLine({ createdAt, state, unusedSince, destroyedFrom, destroyAt }: KmsVersionDates): string {
  const made = `Made ${date(createdAt)}`;
  if (state === "DESTROYED") return `${made}, destroyed.`;
  if (state === "DESTROY_SCHEDULED")
    return `${made}. Wraps nothing${destroyAt === undefined ? "" : `; destroyed for good ${date(destroyAt)}`}.`;
  if (unusedSince === undefined || destroyedFrom === undefined) return `${made}, in use.`;
  return `${made}. Wraps nothing since ${date(unusedSince)}; destroyed from ${date(destroyedFrom)}.`;
}
