import type { Api } from "./api.ts";
import type { Agent, Channel, Notice, Purpose, Settings } from "./settings-shapes.ts";

/** The business: name, site, privacy contact. */
export async function readSettings(api: Api, signal: AbortSignal): Promise<Settings> {
  return (await api.get<{ settings: Settings }>("/v1/settings", { signal })).settings;
}

export type SettingsChange = Partial<Pick<Settings, "name" | "website" | "privacyContact">>;

/** Changes what is given and leaves the rest. */
export async function changeSettings(api: Api, change: SettingsChange): Promise<Settings> {
  return (await api.put<{ settings: Settings }>("/v1/settings", { body: change })).settings;
}

/** The agents that answer. */
export async function listAgents(api: Api, signal: AbortSignal): Promise<readonly Agent[]> {
  return (await api.get<{ agents: Agent[] }>("/v1/agents", { signal })).agents;
}

export type AgentFields = Omit<Agent, "agentId">;

/** Changes how an agent introduces itself and what it is told to do. */
export async function changeAgent(api: Api, agentId: string, fields: AgentFields): Promise<Agent> {
  return (await api.put<{ agent: Agent }>(`/v1/agents/${agentId}`, { body: fields })).agent;
}

/** Makes the first agent of a business that has none. */
export async function createAgent(api: Api, fields: AgentFields, idempotencyKey: string): Promise<Agent> {
  return (await api.post<{ agent: Agent }>("/v1/agents", { body: fields, idempotencyKey })).agent;
}

/** The places where the widget stands. */
export async function listChannels(api: Api, signal: AbortSignal): Promise<readonly Channel[]> {
  return (await api.get<{ channels: Channel[] }>("/v1/channels", { signal })).channels;
}

export interface ChannelFields {
  name: string;
  agentId: string;
  origins: readonly string[];
  accentColor: string;
}

/** Opens a channel. */
export async function createChannel(api: Api, fields: ChannelFields, idempotencyKey: string): Promise<Channel> {
  return (await api.post<{ channel: Channel }>("/v1/channels", { body: fields, idempotencyKey })).channel;
}

/** Changes a channel, or switches it off and on. */
export async function changeChannel(
  api: Api,
  channelId: string,
  change: Partial<ChannelFields & { enabled: boolean }>,
): Promise<Channel> {
  return (await api.put<{ channel: Channel }>(`/v1/channels/${channelId}`, { body: change })).channel;
}

/** Every version of the privacy notice, newest first. */
export async function listNotices(api: Api, signal: AbortSignal): Promise<readonly Notice[]> {
  return (await api.get<{ notices: Notice[] }>("/v1/notices", { signal })).notices;
}

/** Publishes a new version, shown from the next session on. Earlier ones stay as they were shown. */
export async function publishNotice(api: Api, notice: { text: string; purposes: readonly Purpose[] }): Promise<Notice> {
  return (await api.post<{ notice: Notice }>("/v1/notices", { body: notice })).notice;
}
