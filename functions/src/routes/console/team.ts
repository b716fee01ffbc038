import { z } from "zod";
import { addMember } from "../../identity/add-member.ts";
import { changeMemberRole } from "../../identity/change-member-role.ts";
import { createApiKey, scopes } from "../../identity/create-api-key.ts";
import { listKeys, listTeam } from "../../identity/list-team.ts";
import { removeMember } from "../../identity/remove-member.ts";
import { revokeApiKey } from "../../identity/revoke-api-key.ts";
import { describeCaller } from "../../tenants/describe-caller.ts";
import { type RouteTable, route } from "../route.ts";
import { secret } from "../secret.ts";
import { address, meShape, permission, recordId, role, text, time } from "./shapes.ts";

const memberShape = z.strictObject({
  uid: recordId,
  email: z.string(),
  name: z.string(),
  role,
  state: z.enum(["active", "removed"]),
  createdAt: time,
});

const keyShape = z.strictObject({
  keyId: recordId,
  name: z.string(),
  scopes: z.array(permission),
  createdAt: time,
  createdBy: z.string(),
  lastUsedAt: time.optional(),
  revokedAt: time.optional(),
});

type Member = Awaited<ReturnType<typeof listTeam>>[number];
type ApiKey = Awaited<ReturnType<typeof listKeys>>[number];

function wireMember({ uid, email, name, role: given, state, createdAt }: Member) {
  return { uid, email, name, role: given, state, createdAt };
}

function wireKey({ keyId, name, scopes: given, createdAt, createdBy, lastUsedAt, revokedAt }: ApiKey) {
  return {
    ...{ keyId, name, scopes: given, createdAt, createdBy },
    ...(lastUsedAt === null ? {} : { lastUsedAt }),
    ...(revokedAt === null ? {} : { revokedAt }),
  };
}

/** Who works here, people and software. */
export const teamRoutes = {
  "GET /v1/me": route({
    caller: "account:read",
    summary: "The caller: a member or an API key",
    answer: { 200: meShape },
    audit: { none: "the caller's own name and permissions" },
    limit: "staff-read",
    handle: async (deps, staff) => ({ status: 200, body: await describeCaller(deps, staff) }),
  }),
  "GET /v1/members": route({
    caller: "team:read",
    summary: "Members, removed ones too",
    answer: { 200: z.strictObject({ members: z.array(memberShape) }) },
    audit: { none: "staff see who their colleagues are" },
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { members: (await listTeam(deps, staff)).map(wireMember) },
    }),
  }),
  "POST /v1/members": route({
    caller: "team:write",
    summary: "Add a member; the answer has the password to hand over",
    body: z.strictObject({ email: address, name: text(200), role }),
    answer: { 201: z.strictObject({ member: memberShape, initialPassword: secret(z.string()) }) },
    audit: "member-added",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body }, { idempotencyKey }) => {
      const { member, initialPassword } = await addMember(deps, staff, body, idempotencyKey);
      return { status: 201, body: { member: wireMember(member), initialPassword } };
    },
  }),
  "PUT /v1/members/{uid}": route({
    caller: "team:write",
    summary: "Give a member another role",
    params: z.strictObject({ uid: recordId }),
    body: z.strictObject({ role }),
    answer: { 200: z.strictObject({ member: memberShape }) },
    audit: "member-role-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { uid }, body }) => ({
      status: 200,
      body: { member: wireMember(await changeMemberRole(deps, staff, uid, body.role)) },
    }),
  }),
  "DELETE /v1/members/{uid}": route({
    caller: "team:write",
    summary: "Remove a member: sessions end, the account goes",
    params: z.strictObject({ uid: recordId }),
    answer: { 204: "nothing" },
    audit: "member-removed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { uid } }) => {
      await removeMember(deps, staff, uid);
      return { status: 204 };
    },
  }),
  "GET /v1/keys": route({
    caller: "keys:write",
    summary: "API keys, newest first, without their secrets",
    answer: { 200: z.strictObject({ keys: z.array(keyShape) }) },
    audit: { none: "names of keys and what they may do" },
    limit: "staff-read",
    handle: async (deps, staff) => ({ status: 200, body: { keys: (await listKeys(deps, staff)).map(wireKey) } }),
  }),
  "POST /v1/keys": route({
    caller: "keys:write",
    summary: "Make an API key; its secret is shown this once",
    body: z.strictObject({ name: text(80), scopes: z.array(z.enum(scopes)).min(1).max(scopes.length) }),
    answer: { 201: z.strictObject({ key: keyShape, secret: secret(z.string()) }) },
    audit: "api-key-created",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => {
      const { key, text: secret } = await createApiKey(deps, staff, body);
      return { status: 201, body: { key: wireKey(key), secret } };
    },
  }),
  "DELETE /v1/keys/{keyId}": route({
    caller: "keys:write",
    summary: "Revoke an API key",
    params: z.strictObject({ keyId: recordId }),
    answer: { 204: "nothing" },
    audit: "api-key-revoked",
    limit: "staff-write",
    handle: async (deps, staff, { params: { keyId } }) => {
      await revokeApiKey(deps, staff, keyId);
      return { status: 204 };
    },
  }),
} as const satisfies RouteTable;
