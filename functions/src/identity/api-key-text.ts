import { createHash } from "node:crypto";
import { regionOf } from "../inventory/collections.ts";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import type { Ids } from "../ports/ids.ts";

const shape = /^lethe_(eu|us)_key_([a-z0-9]{16})_([a-z0-9]{20})_([a-z0-9]{32})$/;

/** What an API key says: which record to look at, and the secret to compare. */
export interface ApiKeyText {
  tenantId: string;
  keyId: string;
  secret: string;
}

/** A fresh secret: 32 characters of a-z and 0-9, 165 bits. */
export function freshSecret(ids: Ids): string {
  return `${ids.next()}${ids.next()}`.slice(0, 32);
}

/** SHA-256 of a secret: enough, since nobody can try 2^165 of them. */
export function secretHashOf(secret: string): Uint8Array {
  return createHash("sha256").update(secret).digest();
}

/** The key as its holder keeps it: `lethe_<region>_key_<tenant>_<keyId>_<secret>`. */
export function apiKeyText({ tenantId, keyId, secret }: ApiKeyText): string {
  return `lethe_${regionOf(tenantId)}_key_${tenantId.slice(-16)}_${keyId}_${secret}`;
}

/**
 * Takes an API key apart, without any database.
 *
 * @throws AppError `unauthenticated` for a text that is no key, `wrong-region` for one of another region.
 */
export function parseApiKey(config: Config, text: string): ApiKeyText {
  const match = shape.exec(text);
  if (match === null) throw new AppError("unauthenticated", "API key is not one of ours");
  const [, region = "", tenant = "", keyId = "", secret = ""] = match;
  if (region !== config.REGION) throw new AppError("wrong-region", `account lives in ${region}`, { region });
  return { tenantId: `lethe_${region}_tenant_${tenant}`, keyId, secret };
}
