import type { Notice } from "../consent/notice.ts";
import { noticeInForce } from "../consent/notice-in-force.ts";
import { minuteCaches } from "../identity/minute-cache.ts";
import type { Stores } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findTenant, type Tenant } from "../tenants/find-tenant.ts";
import type { Agent, Channel } from "./agent.ts";
import { findAgent, findChannel } from "./store.ts";

/** All that a visitor's call needs to know of the business, as it was at most a minute ago. */
export interface ChannelSettings {
  tenant: Tenant;
  channel: Channel;
  agent: Agent;
  notice: Notice;
}

const cacheOf = minuteCaches<ChannelSettings>();

/**
 * The settings of a channel, kept in memory for a minute; loading them costs four reads. An account that is to be deleted
 * has them too, so that visitors reach what they wrote and what they consented to.
 *
 * @param shownNotice - version of the notice that the visitor's page shows: where it is newer than what is in memory, the
 * settings are loaded anew.
 * @throws AppError `not-found` when the channel is gone or off, `tenant-closed` when the account is gone or going.
 */
export async function channelSettings(
  deps: Pick<Deps, "stores" | "clock">,
  at: { tenantId: string; channelId: string },
  shownNotice = 0,
): Promise<ChannelSettings> {
  const [cache, slot] = [cacheOf(deps), `${at.tenantId}/${at.channelId}`];
  const settings = await cache.remember(slot, () => load(deps.stores, at));
  if (shownNotice <= settings.notice.version) return settings;
  cache.forget(slot);
  return cache.remember(slot, () => load(deps.stores, at));
}

/**
 * The settings of a channel that answers: for whatever adds to a chat.
 *
 * @throws AppError as `channelSettings` does; `account-closing` from at most a minute after deletion was asked for.
 */
export async function answeringSettings(
  deps: Pick<Deps, "stores" | "clock">,
  at: { tenantId: string; channelId: string },
  shownNotice?: number,
): Promise<ChannelSettings> {
  const settings = await channelSettings(deps, at, shownNotice);
  if (settings.tenant.status === "closing") {
    throw new AppError("account-closing", "the account is being closed; the chat takes nothing new");
  }
  return settings;
}

async function load(
  stores: Stores,
  { tenantId, channelId }: { tenantId: string; channelId: string },
): Promise<ChannelSettings> {
  const [tenant, channel, notice] = await Promise.all([
    findTenant(stores, tenantId),
    findChannel(stores, tenantId, channelId),
    noticeInForce(stores, tenantId),
  ]);
  if (tenant === undefined || tenant.closure?.startedAt !== undefined) {
    throw new AppError("tenant-closed", "the account no longer answers");
  }
  if (!channel?.enabled) throw new AppError("not-found", `no channel ${channelId} that answers`);
  const agent = await findAgent(stores, tenantId, channel.agentId);
  if (agent === undefined) throw new AppError("not-found", `channel ${channelId} has no agent`);
  if (notice === undefined) throw new AppError("not-found", `channel ${channelId} has no privacy notice`);
  return { tenant, channel, agent, notice };
}
