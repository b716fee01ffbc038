import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { freshWebhookSecret } from "./sign-message.ts";
import { deleteWebhook, findWebhook, readWebhook, type StoredWebhook, saveWebhook } from "./store.ts";
import { earlierSecretMs, openSecret, sealSecret, shownWebhook, type Webhook } from "./webhook.ts";
import { assertWebhookUrl } from "./webhook-url.ts";

/** An endpoint, and its signing secret where that is new: it is shown this once. */
export interface ChangedWebhook {
  webhook: Webhook;
  secret?: string;
}

const target = [{ kind: "webhook", id: "main" }];

/**
 * Says which endpoint of the business is told. The first one gets a signing secret; another address keeps it.
 *
 * @throws AppError `input-invalid` for an address that is not a public one over HTTPS; `key-unavailable`.
 */
export async function setWebhook(deps: Deps, staff: Staff, address: string): Promise<ChangedWebhook> {
  const { tenantId, actor } = staff;
  const url = assertWebhookUrl(deps.config, address);
  const fresh = freshWebhookSecret(deps.ids);
  const [sealed, audit] = await Promise.all([
    sealSecret(deps, tenantId, "secret", fresh),
    auditContext(deps, tenantId),
  ]);
  const now = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const before = await readWebhook(tx, deps.stores, tenantId);
    if (before?.url === url) return { webhook: shownWebhook(before, now) };
    const made = { secret: sealed, secretCreatedAt: now, createdAt: now, createdBy: actor.id };
    const webhook: StoredWebhook = { ...made, ...before, url };
    saveWebhook(tx, deps.stores, tenantId, webhook);
    appendEntry(tx, audit, {
      action: "webhook-changed",
      actor,
      targets: target,
      outcome: "success",
      metadata: { isNew: before === undefined },
    });
    return { webhook: shownWebhook(webhook, now), ...(before === undefined ? { secret: fresh } : {}) };
  });
}

/**
 * Replaces the signing secret. The one before signs too for a day, so that the business can change over.
 *
 * @throws AppError `not-found` when there is no endpoint; `key-unavailable`.
 */
export async function rotateWebhookSecret(deps: Deps, staff: Staff): Promise<Required<ChangedWebhook>> {
  const { tenantId, actor } = staff;
  const stored = await findWebhook(deps.stores, tenantId);
  if (stored === undefined) throw new AppError("not-found", "no webhook");
  const current = await openSecret(deps, tenantId, "secret", stored.secret);
  const secret = freshWebhookSecret(deps.ids);
  const [sealed, sealedEarlier, audit] = await Promise.all([
    sealSecret(deps, tenantId, "secret", secret),
    sealSecret(deps, tenantId, "earlierSecret", current),
    auditContext(deps, tenantId),
  ]);
  const now = deps.clock.now();
  const webhook = await deps.stores.data.runTransaction(async (tx) => {
    const before = await readWebhook(tx, deps.stores, tenantId);
    if (before === undefined) throw new AppError("not-found", "no webhook");
    if (Buffer.compare(before.secret, stored.secret) !== 0) {
      throw new AppError("job-conflict", "somebody else replaced the secret at the same time");
    }
    const next: StoredWebhook = {
      ...before,
      secret: sealed,
      secretCreatedAt: now,
      earlierSecret: sealedEarlier,
      earlierSecretUntil: new Date(now.getTime() + earlierSecretMs),
    };
    saveWebhook(tx, deps.stores, tenantId, next);
    appendEntry(tx, audit, { action: "webhook-secret-rotated", actor, targets: target, outcome: "success" });
    return next;
  });
  return { webhook: shownWebhook(webhook, now), secret };
}

/** Removes the endpoint and its secrets; what waits for it is withdrawn. An absent one is no error. */
export async function removeWebhook(deps: Deps, staff: Staff): Promise<void> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    if ((await readWebhook(tx, deps.stores, tenantId)) === undefined) return;
    deleteWebhook(tx, deps.stores, tenantId);
    appendEntry(tx, audit, { action: "webhook-deleted", actor, targets: target, outcome: "success" });
  });
}

/** The tenant's endpoint, or undefined. */
export async function readWebhookAsStaff(deps: Deps, staff: Staff): Promise<Webhook | undefined> {
  const stored = await findWebhook(deps.stores, staff.tenantId);
  return stored === undefined ? undefined : shownWebhook(stored, deps.clock.now());
}
