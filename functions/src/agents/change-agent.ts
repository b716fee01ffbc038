import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { fieldChanges } from "../ledger/field-changes.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Agent, AgentFields } from "./agent.ts";
import { readAgent, saveAgent } from "./store.ts";

/**
 * Changes an agent; running chats follow within a minute.
 *
 * @param sent - fields to replace, parsed by the route; where all are as they were, nothing is written or recorded.
 * @throws AppError `not-found`.
 */
export async function changeAgent(
  deps: Deps,
  staff: Staff,
  agentId: string,
  sent: Partial<AgentFields>,
): Promise<Agent> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const updatedAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const agent = await readAgent(tx, deps.stores, tenantId, agentId);
    if (agent === undefined) throw new AppError("not-found", `no agent ${agentId}`);
    const changes = fieldChanges(agent, sent);
    if (changes.length === 0) return agent;
    const changed: Agent = { ...agent, ...sent, updatedAt };
    saveAgent(tx, deps.stores, changed);
    const targets = [{ kind: "agent", id: agentId }];
    appendEntry(tx, audit, { action: "agent-changed", actor, targets, outcome: "success", changes });
    return changed;
  });
}
