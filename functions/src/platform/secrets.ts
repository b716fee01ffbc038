import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import type { Config } from "./config.ts";

/** What the platform's secret is used for; each purpose has a key of its own. */
export type SecretPurpose = "session-token" | "channel-key" | "staff-cookie" | "page-token";

type Keys = [Uint8Array, ...Uint8Array[]];

const derived = new WeakMap<Config, Map<SecretPurpose, Keys>>();

/**
 * The keys of a purpose, derived from SESSION_SEALING_KEY: the first makes, all of them check. Derived once for a
 * configuration, since every request asks for them.
 *
 * @returns 32 bytes each.
 * @see RFC 5869 (HKDF)
 */
export function secretsFor(config: Config, purpose: SecretPurpose): Keys {
  const known = derived.get(config) ?? new Map<SecretPurpose, Keys>();
  derived.set(config, known);
  const keys = known.get(purpose) ?? deriveAll(config.SESSION_SEALING_KEY, purpose);
  known.set(purpose, keys);
  return keys;
}

function deriveAll(sealingKeys: string, purpose: SecretPurpose): Keys {
  const derive = (key: string) =>
    new Uint8Array(hkdfSync("sha256", Buffer.from(key, "base64"), "lethe", `lethe/${purpose}/v1`, 32));
  const [first = "", ...rest] = sealingKeys.split(",");
  return [derive(first), ...rest.map(derive)];
}

/** HMAC-SHA-256 of a text. @returns 32 bytes. */
export function macOf(key: Uint8Array, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}

/** Whether two byte strings are equal, in time that depends on their lengths only. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
