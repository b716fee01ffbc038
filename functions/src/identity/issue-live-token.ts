import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Staff } from "./caller.ts";

const lifetimeMs = 3_600_000;

/** What a browser needs to listen to `jobs` and `signals` of its tenant. */
export interface LiveToken {
  token: string;
  expiresAt: Date;
  projectId: string;
  databaseId: string;
  tenantId: string;
}

/**
 * Issues a token for live views. Its claims, not the account, open what firestore.rules allow, and they say themselves
 * when they end, so that renewing the token at Firebase does not prolong them.
 *
 * @throws AppError `forbidden` for an API key: software has the API.
 */
export async function issueLiveToken(deps: Deps, staff: Staff): Promise<LiveToken> {
  const { tenantId, actor, role } = staff;
  if (actor.kind !== "member") throw new AppError("forbidden", "live views are for members");
  const expiresAt = new Date(deps.clock.now().getTime() + lifetimeMs);
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    appendEntry(tx, audit, { action: "live-token-issued", actor, outcome: "intended" });
  });
  // The intent is durable; a token that is then not made opens nothing.
  const claims = { lethe: "live", tenant: tenantId, role, until: String(expiresAt.getTime()) };
  const token = await deps.staffAccounts.liveToken(actor.id, claims);
  const { GOOGLE_CLOUD_PROJECT: projectId } = deps.config;
  return { token, expiresAt, projectId, databaseId: deps.stores.data.databaseId, tenantId };
}
