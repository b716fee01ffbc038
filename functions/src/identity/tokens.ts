import { z } from "zod";
import { regionOf } from "../inventory/collections.ts";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { macOf, sameBytes, secretsFor } from "../platform/secrets.ts";
import type { ChannelVisitor, DataSubject } from "./caller.ts";

const channelKeyShape = /^lethe_(eu|us)_channel_([a-z0-9]{16})_([a-z0-9]{20})_([a-f0-9]{16})$/;
const sessionTokenShape = /^lethe_(eu|us)_session_([A-Za-z0-9_-]{20,600})\.([A-Za-z0-9_-]{43})$/;

const sessionPayload = z.strictObject({
  t: z.string(),
  s: z.string(),
  c: z.string(),
  h: z.string(),
  i: z.string(),
  e: z.int(),
});

/**
 * The key that a tenant's page holds. It names its channel and carries a short MAC, so that a made-up key is refused
 * before any database is asked. It is public, and no secret.
 *
 * @returns `lethe_<region>_channel_<tenant>_<channelId>_<mac>`.
 */
export function channelKeyFor(config: Config, tenantId: string, channelId: string): string {
  const stem = `lethe_${regionOf(tenantId)}_channel_${tenantId.slice(-16)}_${channelId}`;
  return `${stem}_${channelMac(secretsFor(config, "channel-key")[0], stem)}`;
}

function channelMac(key: Uint8Array, stem: string): string {
  return Buffer.from(macOf(key, stem)).toString("hex").slice(0, 16);
}

/**
 * The channel that a key names.
 *
 * @throws AppError `unauthenticated` for a key that we did not make, `wrong-region` for one of another region.
 */
export function openChannelKey(config: Config, channelKey: string): ChannelVisitor {
  const match = channelKeyShape.exec(channelKey);
  if (match === null) throw new AppError("unauthenticated", "channel key is not one of ours");
  const [, region = "", tenant = "", channelId = "", mac = ""] = match;
  const stem = channelKey.slice(0, -17);
  const known = secretsFor(config, "channel-key").some((key) =>
    sameBytes(Buffer.from(channelMac(key, stem)), Buffer.from(mac)),
  );
  if (!known) throw new AppError("unauthenticated", "channel key is not one of ours");
  if (region !== config.REGION) throw new AppError("wrong-region", `channel lives in ${region}`, { region });
  return { kind: "channel", tenantId: `lethe_${region}_tenant_${tenant}`, channelId };
}

/**
 * A visitor's session token: signed, not secret in its content, and carrying random ids only.
 *
 * @param expiresAt - when it stops working; the caller chooses, 24 hours or 30 days with consent.
 */
export function sessionTokenFor(config: Config, subject: DataSubject, expiresAt: Date): string {
  const payload: z.infer<typeof sessionPayload> = {
    t: subject.tenantId,
    s: subject.subjectId,
    c: subject.conversationId,
    h: subject.channelId,
    i: subject.sessionId,
    e: Math.floor(expiresAt.getTime() / 1000),
  };
  const stem = `lethe_${regionOf(subject.tenantId)}_session_${Buffer.from(JSON.stringify(payload)).toString("base64url")}`;
  const mac = Buffer.from(macOf(secretsFor(config, "session-token")[0], stem)).toString("base64url");
  return `${stem}.${mac}`;
}

/**
 * The data subject that a session token proves.
 *
 * @throws AppError `unauthenticated` for a forged or malformed token, `session-expired`, or `wrong-region`.
 */
export function openSessionToken(config: Config, token: string, now: Date): DataSubject {
  const match = sessionTokenShape.exec(token);
  if (match === null) throw new AppError("unauthenticated", "session token is not one of ours");
  const [, region = "", payload = "", mac = ""] = match;
  const stem = token.slice(0, token.lastIndexOf("."));
  const given = Buffer.from(mac, "base64url");
  if (!secretsFor(config, "session-token").some((key) => sameBytes(macOf(key, stem), given))) {
    throw new AppError("unauthenticated", "session token is not one of ours");
  }
  if (region !== config.REGION) throw new AppError("wrong-region", `session lives in ${region}`, { region });
  const ids = sessionPayload.parse(JSON.parse(Buffer.from(payload, "base64url").toString("utf8")));
  if (ids.e * 1000 <= now.getTime()) throw new AppError("session-expired", "session has ended");
  return {
    kind: "data-subject",
    tenantId: ids.t,
    subjectId: ids.s,
    conversationId: ids.c,
    channelId: ids.h,
    sessionId: ids.i,
  };
}
