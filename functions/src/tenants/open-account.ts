import type { AgentFields, ChannelFields } from "../agents/agent.ts";
import { createAgent } from "../agents/create-agent.ts";
import { createChannel } from "../agents/create-channel.ts";
import { assertNeverClosed } from "../closure/find-closed-account.ts";
import type { Purpose } from "../consent/notice.ts";
import { publishNotice } from "../consent/publish-notice.ts";
import { createTenantKeys } from "../crypto/tenant-keys.ts";
import type { Staff } from "../identity/caller.ts";
import { createFirstOwner, enterDirectory, isOwnerOf } from "../identity/first-owner.ts";
import { permissionsOf } from "../identity/permissions.ts";
import { accountFor } from "../identity/staff-account.ts";
import { channelKeyFor } from "../identity/tokens.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { createTenantRecord, findTenantRecord, type Tenant } from "./store.ts";

/** What an account is opened with. */
export interface FreshAccount extends Pick<Tenant, "name" | "website" | "privacyContact"> {
  /** A call that repeats one that died gives the id that `freshTenantId` made for it. */
  tenantId: string;
  owner: { email: string; password: string; name: string };
  agent: AgentFields;
  channel: Omit<ChannelFields, "agentId" | "enabled">;
  notice: { text: string; purposes: readonly Purpose[] };
}

/** An opened account, with the key for the page of the business. */
export interface OpenedAccount {
  tenantId: string;
  uid: string;
  agentId: string;
  channelId: string;
  channelKey: string;
  noticeVersion: number;
}

/** A random tenant id of this region. */
export function freshTenantId(deps: Pick<Deps, "config" | "ids">): string {
  return `lethe_${deps.config.REGION}_tenant_${deps.ids.next().slice(0, 16)}`;
}

/**
 * Opens an account: keys, the owner's sign-in, the tenant with its owner, an agent, a notice and a channel.
 *
 * Each part is durable before the next one begins, and a repeat with the same tenant id goes on where the first call
 * stopped. The owner can sign in when all of it is done.
 *
 * @throws AppError `already-exists` when the owner's address belongs to a member of staff, or the id to another account;
 * `tenant-closed` for the id of an account that was deleted.
 */
export async function openAccount(deps: Deps, fresh: FreshAccount): Promise<OpenedAccount> {
  const { tenantId, owner } = fresh;
  await assertNeverClosed(deps.stores, tenantId);
  // Keys come first: everything else of a tenant is sealed or audited with them.
  await createTenantKeys(deps, tenantId).catch(unlessMade);
  const uid = await accountFor(deps, owner.email, owner.password, tenantId);
  await createTenant(deps, fresh, uid);
  const staff: Staff = {
    kind: "staff",
    tenantId,
    actor: { kind: "member", id: uid },
    role: "owner",
    permissions: permissionsOf.owner,
  };
  const agent = await createAgent(deps, staff, fresh.agent, "open-account");
  const notice = await publishNotice(deps, staff, fresh.notice);
  const channel = await createChannel(
    deps,
    staff,
    { ...fresh.channel, agentId: agent.id, enabled: true },
    "open-account",
  );
  await enterDirectory(deps, tenantId, uid);
  return {
    tenantId,
    uid,
    agentId: agent.id,
    channelId: channel.id,
    channelKey: channelKeyFor(deps.config, tenantId, channel.id),
    noticeVersion: notice.version,
  };
}

function unlessMade(error: unknown): void {
  if (!(error instanceof AppError && error.code === "already-exists")) throw error;
}

async function createTenant(deps: Deps, fresh: FreshAccount, uid: string): Promise<void> {
  const { tenantId, owner, name, website, privacyContact } = fresh;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const known = await findTenantRecord(deps.stores, tenantId, tx);
    if (known !== undefined) {
      if (await isOwnerOf(tx, deps, tenantId, uid)) return;
      throw new AppError("already-exists", `tenant ${tenantId} has another owner`);
    }
    createFirstOwner(tx, deps, audit, { tenantId, uid, email: owner.email, name: owner.name });
    createTenantRecord(tx, deps.stores, {
      id: tenantId,
      region: deps.config.REGION,
      name,
      website,
      privacyContact,
      plan: "trial",
      status: "active",
      retention: {},
      createdAt: now,
      updatedAt: now,
    });
    appendEntry(tx, audit, {
      action: "tenant-created",
      actor: { kind: "member", id: uid },
      targets: [{ kind: "tenant", id: tenantId }],
      outcome: "success",
    });
  });
}
