import { z } from "zod";
import type { Agent, Channel } from "../../agents/agent.ts";
import { changeAgent } from "../../agents/change-agent.ts";
import { changeChannel } from "../../agents/change-channel.ts";
import { createAgent } from "../../agents/create-agent.ts";
import { createChannel } from "../../agents/create-channel.ts";
import { listAgents, listChannels } from "../../agents/list-agents.ts";
import type { Notice } from "../../consent/notice.ts";
import { listNotices, publishNotice } from "../../consent/publish-notice.ts";
import { channelKeyFor } from "../../identity/tokens.ts";
import type { Config } from "../../platform/config.ts";
import { AppError } from "../../platform/errors.ts";
import { changeSettings } from "../../tenants/change-settings.ts";
import { findTenant, type Tenant } from "../../tenants/find-tenant.ts";
import { type RouteTable, route } from "../route.ts";
import { safe, safeFields } from "../secret.ts";
import { address, recordId, text, time } from "./shapes.ts";

const contact = z.strictObject({ name: text(200), email: address });
const website = z.url({ protocol: /^https?$/ }).max(300);

const settingsShape = z.strictObject({
  tenantId: z.string(),
  region: z.enum(["eu", "us"]),
  name: z.string(),
  website: z.string(),
  privacyContact: z.strictObject({ name: z.string(), email: z.string() }),
  plan: z.string(),
  status: z.enum(["active", "closing"]),
  retention: z.record(z.string(), z.number()),
  createdAt: time,
});

const agentFields = { name: text(80), greeting: text(1_000), instructions: text(8_000), handoffText: text(1_000) };
const agentShape = z.strictObject({
  agentId: recordId,
  name: z.string(),
  greeting: z.string(),
  instructions: z.string(),
  handoffText: z.string(),
});

/** Scheme, host and port of a site, as browsers send it. */
const origin = z
  .url({ protocol: /^https?$/ })
  .max(300)
  .refine((value) => new URL(value).origin === value, "expected an origin such as https://shop.example");
const channelFields = {
  name: text(80),
  agentId: safe(recordId),
  origins: z.array(origin).max(50),
  accentColor: safe(z.string().regex(/^#[0-9a-f]{6}$/)),
};
const changedChannelFields = { ...channelFields, enabled: safe(z.boolean()) };
const channelShape = z.strictObject({
  channelId: recordId,
  channelKey: z.string(),
  name: z.string(),
  agentId: recordId,
  origins: z.array(z.string()),
  accentColor: z.string(),
  enabled: z.boolean(),
});

const purpose = z.strictObject({ id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/), title: text(120), text: text(1_000) });
const noticeShape = z.strictObject({
  version: z.int(),
  text: z.string(),
  purposes: z.array(z.strictObject({ id: z.string(), title: z.string(), text: z.string() })),
  createdAt: time,
});

function wireSettings(tenant: Tenant) {
  const { id: tenantId, region, name, website: site, privacyContact, plan, status, retention, createdAt } = tenant;
  return { tenantId, region, name, website: site, privacyContact, plan, status, retention, createdAt };
}

function wireAgent({ id: agentId, name, greeting, instructions, handoffText }: Agent) {
  return { agentId, name, greeting, instructions, handoffText };
}

function wireChannel(config: Config, channel: Channel) {
  const { id: channelId, tenantId, name, agentId, origins, accentColor, enabled } = channel;
  const channelKey = channelKeyFor(config, tenantId, channelId);
  return { channelId, channelKey, name, agentId, origins, accentColor, enabled };
}

function wireNotice({ version, text: words, purposes, createdAt }: Notice) {
  return { version, text: words, purposes, createdAt };
}

/** Only the fields that were sent. */
function sent<Body extends object>(body: Body): { [Name in keyof Body]?: Exclude<Body[Name], undefined> } {
  const entries = Object.entries(body).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [Name in keyof Body]?: Exclude<Body[Name], undefined> };
}

const ownSettings = { none: "settings of the business, read by its own staff" };

/** Settings of the account, agents, channels and notices. */
export const settingsRoutes = {
  "GET /v1/settings": route({
    caller: "account:read",
    summary: "Settings of the account",
    answer: { 200: z.strictObject({ settings: settingsShape }) },
    audit: ownSettings,
    limit: "staff-read",
    handle: async (deps, { tenantId }) => {
      const tenant = await findTenant(deps.stores, tenantId);
      if (tenant === undefined) throw new AppError("tenant-closed", `tenant ${tenantId} is gone`);
      return { status: 200, body: { settings: wireSettings(tenant) } };
    },
  }),
  "PUT /v1/settings": route({
    caller: "settings:write",
    summary: "Change settings of the account",
    body: z.strictObject({ name: text(200), website, privacyContact: contact }).partial(),
    answer: { 200: z.strictObject({ settings: settingsShape }) },
    audit: "settings-changed",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => ({
      status: 200,
      body: { settings: wireSettings(await changeSettings(deps, staff, sent(body))) },
    }),
  }),
  "GET /v1/agents": route({
    caller: "account:read",
    summary: "Agents",
    answer: { 200: z.strictObject({ agents: z.array(agentShape) }) },
    audit: ownSettings,
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { agents: (await listAgents(deps, staff)).map(wireAgent) },
    }),
  }),
  "POST /v1/agents": route({
    caller: "settings:write",
    summary: "Create an agent",
    body: z.strictObject(agentFields),
    answer: { 201: z.strictObject({ agent: agentShape }) },
    audit: "agent-created",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body }, { idempotencyKey }) => ({
      status: 201,
      body: { agent: wireAgent(await createAgent(deps, staff, body, idempotencyKey)) },
    }),
  }),
  "PUT /v1/agents/{agentId}": route({
    caller: "settings:write",
    summary: "Change an agent",
    params: z.strictObject({ agentId: recordId }),
    body: z.strictObject(agentFields).partial(),
    answer: { 200: z.strictObject({ agent: agentShape }) },
    audit: "agent-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { agentId }, body }) => ({
      status: 200,
      body: { agent: wireAgent(await changeAgent(deps, staff, agentId, sent(body))) },
    }),
  }),
  "GET /v1/channels": route({
    caller: "account:read",
    summary: "Channels, with the key that each page holds",
    answer: { 200: z.strictObject({ channels: z.array(channelShape) }) },
    audit: ownSettings,
    limit: "staff-read",
    handle: async (deps, staff) => {
      const channels = await listChannels(deps, staff);
      return { status: 200, body: { channels: channels.map((channel) => wireChannel(deps.config, channel)) } };
    },
  }),
  "POST /v1/channels": route({
    caller: "settings:write",
    summary: "Create a channel",
    body: z.strictObject(channelFields),
    answer: { 201: z.strictObject({ channel: channelShape }) },
    audit: "channel-created",
    limit: "staff-write",
    idempotent: true,
    handle: async (deps, staff, { body }, { idempotencyKey }) => {
      const channel = await createChannel(deps, staff, { ...body, enabled: true }, idempotencyKey);
      return { status: 201, body: { channel: wireChannel(deps.config, channel) } };
    },
  }),
  "PUT /v1/channels/{channelId}": route({
    caller: "settings:write",
    summary: "Change a channel",
    params: z.strictObject({ channelId: recordId }),
    body: z.strictObject(changedChannelFields).partial(),
    answer: { 200: z.strictObject({ channel: channelShape }) },
    audit: "channel-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { channelId }, body }) => {
      const channel = await changeChannel(deps, staff, channelId, sent(body), safeFields(changedChannelFields));
      return { status: 200, body: { channel: wireChannel(deps.config, channel) } };
    },
  }),
  "GET /v1/notices": route({
    caller: "account:read",
    summary: "Privacy notices, newest first",
    answer: { 200: z.strictObject({ notices: z.array(noticeShape) }) },
    audit: ownSettings,
    limit: "staff-read",
    handle: async (deps, staff) => ({
      status: 200,
      body: { notices: (await listNotices(deps, staff)).map(wireNotice) },
    }),
  }),
  "POST /v1/notices": route({
    caller: "settings:write",
    summary: "Publish a privacy notice as the next version; the same again returns the one in force",
    body: z
      .strictObject({ text: text(8_000), purposes: z.array(purpose).max(20) })
      .refine(
        ({ purposes }) => new Set(purposes.map(({ id }) => id)).size === purposes.length,
        "ids of purposes differ",
      ),
    answer: { 201: z.strictObject({ notice: noticeShape }) },
    audit: "notice-published",
    limit: "staff-write",
    handle: async (deps, staff, { body }) => ({
      status: 201,
      body: { notice: wireNotice(await publishNotice(deps, staff, body)) },
    }),
  }),
} as const satisfies RouteTable;
