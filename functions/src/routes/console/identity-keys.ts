import { z } from "zod";
import { addIdentityKey } from "../../visitors/add-identity-key.ts";
import type { IdentityKey } from "../../visitors/identity-key.ts";
import { listIdentityKeys, removeIdentityKey } from "../../visitors/remove-identity-key.ts";
import { type RouteTable, route } from "../route.ts";
import { recordId, text, time } from "./shapes.ts";

const keyShape = z.strictObject({
  keyId: recordId,
  kid: z.string(),
  name: z.string(),
  algorithm: z.enum(["EdDSA", "ES256", "RS256"]),
  fingerprint: z.string(),
  createdAt: time,
  createdBy: z.string(),
});

function wireKey({ keyId, kid, name, algorithm, thumbprint: fingerprint, createdAt, createdBy }: IdentityKey) {
  return { keyId, kid, name, algorithm, fingerprint, createdAt, createdBy };
}

/** Public keys with which the business signs who its visitors are. */
export const identityKeyRoutes = {
  "GET /v1/identity-keys": route({
    caller: "account:read",
    summary: "Public keys for visitors' identities, newest first",
    answer: { 200: z.strictObject({ identityKeys: z.array(keyShape) }) },
    audit: { none: "public keys of the business, read by its own staff" },
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { identityKeys: (await listIdentityKeys(deps, staff)).map(wireKey) },
    }),
  }),
  "POST /v1/identity-keys": route({
    caller: "keys:write",
    summary: "Register a public key (PEM or JWK); whoever has its private key can say who a visitor is",
    body: z.strictObject({ name: text(80), publicKey: text(4_000), kid: text(100).optional() }),
    answer: { 201: z.strictObject({ identityKey: keyShape }) },
    audit: "identity-key-added",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => ({
      status: 201,
      body: { identityKey: wireKey(await addIdentityKey(deps, staff, body)) },
    }),
  }),
  "DELETE /v1/identity-keys/{identityKeyId}": route({
    caller: "keys:write",
    summary: "Remove a public key: its tokens are refused within a minute",
    params: z.strictObject({ identityKeyId: recordId }),
    answer: { 204: "nothing" },
    audit: "identity-key-removed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { identityKeyId } }) => {
      await removeIdentityKey(deps, staff, identityKeyId);
      return { status: 204 };
    },
  }),
} as const satisfies RouteTable;
