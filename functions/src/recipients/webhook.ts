import type { SealingKey } from "../crypto/envelope.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import { tenantKey } from "../crypto/tenant-keys.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import type { StoredWebhook } from "./store.ts";

/** How long the secret before signs too. */
export const earlierSecretMs = 24 * 60 * 60 * 1000;

/** A tenant's endpoint as staff see it: without secrets. */
export interface Webhook {
  url: string;
  createdAt: Date;
  secretCreatedAt: Date;
  /** Until when messages carry a signature by the secret before; absent when there is none any more. */
  earlierSecretUntil?: Date;
}

type SecretField = "secret" | "earlierSecret";

/** The key that seals secrets of webhooks: it names no person and is not rotated with the tenant key. */
async function sealingKey(deps: Deps, tenantId: string): Promise<SealingKey> {
  return { kind: "tenant", bytes: (await tenantKey(deps, tenantId, "audit")).bytes };
}

/** Seals a signing secret for its field. @throws AppError `key-unavailable`. */
export async function sealSecret(
  deps: Deps,
  tenantId: string,
  field: SecretField,
  secret: string,
): Promise<Uint8Array> {
  const path = documentPath("webhooks", { tenantId, webhookId: "main" });
  return sealField(await sealingKey(deps, tenantId), path, field, secret, deps.ids);
}

/** Opens a signing secret. @throws AppError `key-unavailable`, `ciphertext-invalid`. */
export async function openSecret(
  deps: Deps,
  tenantId: string,
  field: SecretField,
  sealed: Uint8Array,
): Promise<string> {
  const path = documentPath("webhooks", { tenantId, webhookId: "main" });
  return openField(await sealingKey(deps, tenantId), path, field, sealed);
}

/** The secrets that sign now, the newest first. @throws AppError `key-unavailable`. */
export async function signingSecrets(deps: Deps, tenantId: string, webhook: StoredWebhook): Promise<string[]> {
  const secrets = [await openSecret(deps, tenantId, "secret", webhook.secret)];
  const { earlierSecret, earlierSecretUntil } = webhook;
  if (earlierSecret !== undefined && earlierSecretUntil !== undefined && earlierSecretUntil > deps.clock.now()) {
    secrets.push(await openSecret(deps, tenantId, "earlierSecret", earlierSecret));
  }
  return secrets;
}

/** What staff are shown of an endpoint. */
export function shownWebhook(stored: StoredWebhook, now: Date): Webhook {
  const { url, createdAt, secretCreatedAt, earlierSecretUntil: until } = stored;
  return {
    url,
    createdAt,
    secretCreatedAt,
    ...(until !== undefined && until > now ? { earlierSecretUntil: until } : {}),
  };
}
