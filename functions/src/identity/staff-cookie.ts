import { z } from "zod";
import { open, seal } from "../crypto/envelope.ts";
import { regionOf } from "../inventory/collections.ts";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { secretsFor } from "../platform/secrets.ts";
import type { Ids } from "../ports/ids.ts";

/** What a signed-in browser holds: which session, and until when. */
export interface StaffCookie {
  tenantId: string;
  sessionId: string;
  expiresAt: Date;
}

export const staffCookieName = "__Host-session";

const aad = Buffer.from("lethe/staff-cookie/v1");
const payloadShape = z.strictObject({ t: z.string(), s: z.string(), e: z.int() });

/**
 * Seals a session into the text of a cookie.
 *
 * @returns base64url of an envelope; the expiry is inside and cannot be moved.
 */
export function sealStaffCookie(config: Config, ids: Ids, cookie: StaffCookie): string {
  const payload: z.infer<typeof payloadShape> = {
    t: cookie.tenantId,
    s: cookie.sessionId,
    e: Math.ceil(cookie.expiresAt.getTime() / 1000),
  };
  const [key] = secretsFor(config, "staff-cookie");
  const envelope = seal({ kind: "platform", bytes: key }, aad, Buffer.from(JSON.stringify(payload)), ids);
  return Buffer.from(envelope).toString("base64url");
}

/**
 * Opens what `sealStaffCookie` made, without any database.
 *
 * @throws AppError `unauthenticated` for anything that we did not seal, `session-expired`, or `wrong-region`.
 */
export function openStaffCookie(config: Config, text: string, now: Date): StaffCookie {
  if (!/^[A-Za-z0-9_-]{40,1000}$/.test(text)) throw notOurs();
  const envelope = Buffer.from(text, "base64url");
  const bytes = secretsFor(config, "staff-cookie")
    .map((key) => openWith(key, envelope))
    .find((opened) => opened !== undefined);
  if (bytes === undefined) throw notOurs();
  const { t, s, e } = payloadShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  if (e * 1000 <= now.getTime()) throw new AppError("session-expired", "session has ended");
  const region = regionOf(t);
  if (region !== config.REGION) throw new AppError("wrong-region", `account lives in ${region}`, { region });
  return { tenantId: t, sessionId: s, expiresAt: new Date(e * 1000) };
}

function openWith(key: Uint8Array, envelope: Uint8Array): Uint8Array | undefined {
  try {
    return open({ kind: "platform", bytes: key }, aad, envelope);
  } catch (error) {
    if (error instanceof AppError && error.code === "ciphertext-invalid") return undefined;
    throw error;
  }
}

function notOurs(): AppError {
  return new AppError("unauthenticated", "session cookie is not one of ours");
}

/**
 * The `Set-Cookie` header of a session: out of reach of scripts and of other sites.
 *
 * @param maxAgeSeconds - how long the browser keeps it; 0 deletes it.
 * @see RFC 6265bis §4.1.3.2 (the `__Host-` prefix)
 */
export function setCookieHeader(text: string, maxAgeSeconds: number): string {
  return `${staffCookieName}=${text}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; Secure; SameSite=Strict`;
}
