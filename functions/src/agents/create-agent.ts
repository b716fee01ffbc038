import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import type { Agent, AgentFields } from "./agent.ts";
import { readAgent, saveAgent } from "./store.ts";

/**
 * Creates an agent. Repeating the call with the same key returns the first one.
 *
 * @param fields - parsed by the route.
 */
export async function createAgent(
  deps: Deps,
  staff: Staff,
  fields: AgentFields,
  idempotencyKey: string,
): Promise<Agent> {
  const { tenantId, actor } = staff;
  const agentId = (await idempotentId(deps, tenantId, "agent", actor.id, idempotencyKey)).slice(0, 20);
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const existing = await readAgent(tx, deps.stores, tenantId, agentId);
    if (existing !== undefined) return existing;
    const agent: Agent = { ...fields, id: agentId, tenantId, createdAt: now, updatedAt: now };
    saveAgent(tx, deps.stores, agent);
    const targets = [{ kind: "agent", id: agentId }];
    appendEntry(tx, audit, { action: "agent-created", actor, targets, outcome: "success" });
    return agent;
  });
}
