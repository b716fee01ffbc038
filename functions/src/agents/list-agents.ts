import type { Staff } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import type { Agent, Channel } from "./agent.ts";
import { listAgentRecords, listChannelRecords } from "./store.ts";

/** The tenant's agents, at most 100, by id. */
export function listAgents(deps: Deps, staff: Staff): Promise<Agent[]> {
  return listAgentRecords(deps.stores, staff.tenantId);
}

/** The tenant's channels, at most 100, by id. */
export function listChannels(deps: Deps, staff: Staff): Promise<Channel[]> {
  return listChannelRecords(deps.stores, staff.tenantId);
}
