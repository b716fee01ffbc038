import { createHmac } from "node:crypto";
import { type CryptoDeps, tenantKey } from "./tenant-keys.ts";

/** `reference` is the business's own id of a person, which its signature vouches for. */
export type IdentifierKind = "email" | "phone" | "session" | "reference";

/**
 * One spelling for each identifier: e-mail in lower case without spaces around it, NFKC; phone as `+` and digits;
 * session ids and references as they are.
 */
export function normalizeIdentifier(kind: IdentifierKind, value: string): string {
  const trimmed = value.normalize("NFKC").trim();
  if (kind === "email") return trimmed.toLowerCase();
  if (kind === "phone")
    return `${trimmed.startsWith("+") || trimmed.startsWith("00") ? "+" : ""}${trimmed.replace(/^00/, "").replaceAll(/\D/g, "")}`;
  return trimmed;
}

/**
 * The blind index of an identifier: equal identifiers of one tenant have the same, and without the tenant's index key
 * nobody can test a guess.
 *
 * @returns 64 hex characters.
 * @throws AppError `key-unavailable`, `tenant-closed`.
 */
export async function blindIndex(
  deps: CryptoDeps,
  tenantId: string,
  kind: IdentifierKind,
  value: string,
): Promise<string> {
  const key = await tenantKey(deps, tenantId, "index");
  return createHmac("sha256", key.bytes)
    .update(`${kind}\0${normalizeIdentifier(kind, value)}`)
    .digest("hex");
}

/**
 * A record id that the same idempotency key always gives, so that a repeated call finds what the first one made.
 *
 * @param purpose - what is made, such as `turn` or `lead`.
 * @param scope - who made the call, such as a conversation id: two callers never meet.
 * @returns 32 hex characters.
 */
export async function idempotentId(
  deps: CryptoDeps,
  tenantId: string,
  purpose: string,
  scope: string,
  idempotencyKey: string,
): Promise<string> {
  const key = await tenantKey(deps, tenantId, "turn");
  const mac = createHmac("sha256", key.bytes)
    .update(JSON.stringify([purpose, scope, idempotencyKey]))
    .digest("hex");
  return mac.slice(0, 32);
}
