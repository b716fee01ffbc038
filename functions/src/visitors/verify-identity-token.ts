import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { idempotentId, normalizeIdentifier } from "../crypto/blind-index.ts";
import type { ChannelVisitor } from "../identity/caller.ts";
import { minuteCaches } from "../identity/minute-cache.ts";
import { channelKeyFor } from "../identity/tokens.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { IdentityKey } from "./identity-key.ts";
import { recordIdentityRefusal } from "./record-identity-refusal.ts";
import { listIdentityKeyRecords } from "./store.ts";

/** Whom a business vouches for. What it says it did not check is stated and opens nothing. */
export interface VouchedPerson {
  /** The business's own id of the person. */
  reference: string;
  name?: string;
  email?: { value: string; verified: boolean };
  phone?: { value: string; verified: boolean };
  /** The token, as a keyed hash: it is used once. */
  useId: string;
}

const keysOf = minuteCaches<readonly IdentityKey[]>();
/** How far the clocks of the business and ours may be apart. */
const toleranceSeconds = 60;
const longestSeconds = 3600;

const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((value) => value.isWellFormed());

/** Names of OpenID Connect Core 1.0 §5.1; claims beyond these are ignored, as RFC 7519 §4 asks. */
const claimsShape = z.object({
  sub: text(200),
  jti: text(200),
  iat: z.number(),
  exp: z.number(),
  name: text(200).optional(),
  email: z.email().max(320).optional(),
  email_verified: z.boolean().optional(),
  phone_number: text(30)
    .regex(/^[+]?[\d\s()-]{5,30}$/)
    .optional(),
  phone_number_verified: z.boolean().optional(),
});

/** Why a token is refused, as the audit trail names it. */
export type RefusalReason = "malformed" | "algorithm" | "key" | "signature" | "audience" | "time" | "claims" | "replay";

const words: Readonly<Record<RefusalReason, string>> = {
  malformed: "identity token is not a signed JWT",
  algorithm: "identity token is signed with another algorithm than its key's",
  key: "identity token names no key that the business registered",
  signature: "identity token's signature does not fit",
  audience: "identity token is meant for another channel",
  time: "identity token is not valid at this time, or for more than an hour",
  claims: "identity token lacks a claim, or has one that is not as expected",
  replay: "identity token was used before",
};

/** Drops what this instance remembers of a tenant's keys. */
export function forgetIdentityKeys(deps: Pick<Deps, "stores" | "clock">, tenantId: string): void {
  keysOf(deps).forget(tenantId);
}

/**
 * Refuses a token, and puts the refusal into the audit trail.
 *
 * @throws AppError `identity-refused`, always.
 */
export async function refuseIdentity(deps: Deps, visitor: ChannelVisitor, reason: RefusalReason): Promise<never> {
  await recordIdentityRefusal(deps, visitor, reason);
  throw new AppError("identity-refused", words[reason]);
}

function reasonOf(error: unknown): RefusalReason {
  if (error instanceof errors.JWTExpired) return "time";
  if (error instanceof errors.JWTClaimValidationFailed) {
    if (error.claim === "aud") return "audience";
    return error.reason !== "missing" && ["iat", "nbf", "exp"].includes(error.claim) ? "time" : "claims";
  }
  if (error instanceof errors.JWSSignatureVerificationFailed) return "signature";
  if (error instanceof errors.JOSEAlgNotAllowed) return "algorithm";
  return "malformed";
}

async function payloadOf(
  deps: Deps,
  visitor: ChannelVisitor,
  key: IdentityKey,
  token: string,
): Promise<JWTPayload | RefusalReason> {
  const { tenantId, channelId } = visitor;
  try {
    // The key's own algorithm is the only one: the token's header chooses nothing.
    const { payload } = await jwtVerify(
      token,
      { ...key.jwk, kty: key.jwk.kty ?? "", alg: key.algorithm },
      {
        algorithms: [key.algorithm],
        audience: channelKeyFor(deps.config, tenantId, channelId),
        clockTolerance: toleranceSeconds,
        maxTokenAge: longestSeconds,
        currentDate: deps.clock.now(),
        requiredClaims: ["sub", "jti", "iat", "exp"],
      },
    );
    return payload;
  } catch (error) {
    if (error instanceof errors.JOSEError) return reasonOf(error);
    throw error;
  }
}

function keyNamed(keys: readonly IdentityKey[], token: string): IdentityKey | RefusalReason {
  try {
    const { kid, alg } = decodeProtectedHeader(token);
    if (alg === undefined || !["EdDSA", "ES256", "RS256"].includes(alg)) return "algorithm";
    return keys.find((key) => key.kid === kid) ?? "key";
  } catch {
    return "malformed";
  }
}

/**
 * Finds out whom the business vouches for. The token is for this channel alone, lives an hour at most, and is signed with
 * a key that the business registered, in that key's own algorithm.
 *
 * @param token - a signed JWT (compact), from the body.
 * @returns the person; that the token is used once is for `useIdentityToken` to see, in the transaction that uses it.
 * @throws AppError `identity-refused`, after the refusal is in the audit trail; `key-unavailable`.
 * @see RFC 7519, RFC 8725 (best practices)
 */
export async function verifyIdentityToken(deps: Deps, visitor: ChannelVisitor, token: string): Promise<VouchedPerson> {
  const { tenantId } = visitor;
  const keys = await keysOf(deps).remember(tenantId, () => listIdentityKeyRecords(deps.stores, tenantId));
  const key = keyNamed(keys, token);
  if (typeof key === "string") return refuseIdentity(deps, visitor, key);
  const payload = await payloadOf(deps, visitor, key, token);
  if (typeof payload === "string") return refuseIdentity(deps, visitor, payload);
  const parsed = claimsShape.safeParse(payload);
  if (!parsed.success) return refuseIdentity(deps, visitor, "claims");
  const { sub, jti, iat, exp, name, email, email_verified, phone_number, phone_number_verified } = parsed.data;
  if (exp - iat > longestSeconds) return refuseIdentity(deps, visitor, "time");
  const useId = await idempotentId(deps, tenantId, "identity-token", key.keyId, jti);
  return {
    reference: sub,
    useId,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined
      ? {}
      : { email: { value: normalizeIdentifier("email", email), verified: email_verified === true } }),
    ...(phone_number === undefined ? {} : { phone: { value: phone_number, verified: phone_number_verified === true } }),
  };
}
