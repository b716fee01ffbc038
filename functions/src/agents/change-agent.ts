import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Agent, AgentFields } from "./agent.ts";
import { readAgent, saveAgent } from "./store.ts";

/**
 * Changes an agent; running chats follow within a minute.
 *
 * @param changes - fields to replace, parsed by the route.
 * @throws AppError `not-found`.
 */
export async function changeAgent(
  deps: Deps,
  staff: Staff,
  agentId: string,
  changes: Partial<AgentFields>,
): Promise<Agent> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const updatedAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const agent = await readAgent(tx, deps.stores, tenantId, agentId);
    if (agent === undefined) throw new AppError("not-found", `no agent ${agentId}`);
    const changed: Agent = { ...agent, ...changes, updatedAt };
    saveAgent(tx, deps.stores, changed);
    const targets = [{ kind: "agent", id: agentId }];
    const metadata = { fields: Object.keys(changes).sort() };
    appendEntry(tx, audit, { action: "agent-changed", actor, targets, outcome: "success", metadata });
    return changed;
  });
}
