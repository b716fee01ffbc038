import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import type { Notification } from "./notification.ts";

/** A tenant's one endpoint as stored. */
export interface StoredWebhook {
  url: string;
  /** Sealed under the tenant's key, as is the one before. */
  secret: Uint8Array;
  secretCreatedAt: Date;
  earlierSecret?: Uint8Array;
  earlierSecretUntil?: Date;
  createdAt: Date;
  createdBy: string;
}

const webhookRef = (stores: Stores, tenantId: string) =>
  documentRef(stores, "webhooks", { tenantId, webhookId: "main" });

function webhookFrom(snapshot: DocumentSnapshot): StoredWebhook | undefined {
  const data = snapshot.data() as
    | (Omit<StoredWebhook, "secretCreatedAt" | "earlierSecretUntil" | "createdAt"> & {
        secretCreatedAt: Stamp;
        earlierSecretUntil?: Stamp;
        createdAt: Stamp;
      })
    | undefined;
  if (data === undefined) return undefined;
  const { secretCreatedAt, earlierSecretUntil, createdAt, ...fields } = data;
  return {
    ...fields,
    secretCreatedAt: secretCreatedAt.toDate(),
    createdAt: createdAt.toDate(),
    ...(earlierSecretUntil === undefined ? {} : { earlierSecretUntil: earlierSecretUntil.toDate() }),
  };
}

/** The tenant's endpoint, or undefined. */
export async function findWebhook(stores: Stores, tenantId: string): Promise<StoredWebhook | undefined> {
  return webhookFrom(await webhookRef(stores, tenantId).get());
}

/** The same within a transaction. */
export async function readWebhook(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
): Promise<StoredWebhook | undefined> {
  return webhookFrom(await tx.get(webhookRef(stores, tenantId)));
}

/** Stores the endpoint whole. */
export function saveWebhook(tx: Transaction, stores: Stores, tenantId: string, webhook: StoredWebhook): void {
  tx.set(webhookRef(stores, tenantId), { ...webhook });
}

/** Deletes the endpoint and its secrets. */
export function deleteWebhook(tx: Transaction, stores: Stores, tenantId: string): void {
  tx.delete(webhookRef(stores, tenantId));
}

function notificationFrom(tenantId: string, snapshot: DocumentSnapshot): Notification | undefined {
  const data = snapshot.data() as
    | (Omit<Notification, "id" | "tenantId" | "createdAt" | "acknowledgedAt" | "on"> & {
        createdAt: Stamp;
        acknowledgedAt?: Stamp;
        on?: Stamp;
      })
    | undefined;
  if (data === undefined) return undefined;
  const { createdAt, acknowledgedAt, on, ...fields } = data;
  return {
    ...fields,
    id: snapshot.id,
    tenantId,
    createdAt: createdAt.toDate(),
    ...(acknowledgedAt === undefined ? {} : { acknowledgedAt: acknowledgedAt.toDate() }),
    ...(on === undefined ? {} : { on: on.toDate() }),
  };
}

/** Stores a notification; one of that id is not replaced. */
export function createNotification(tx: Transaction, stores: Stores, notification: Notification): void {
  const { id: notificationId, tenantId, ...fields } = notification;
  tx.create(documentRef(stores, "notifications", { tenantId, notificationId }), fields);
}

/** A notification, or undefined: none, or its person is erased. */
export async function findNotificationRecord(
  stores: Stores,
  tenantId: string,
  notificationId: string,
): Promise<Notification | undefined> {
  return notificationFrom(tenantId, await documentRef(stores, "notifications", { tenantId, notificationId }).get());
}

/** The same within a transaction. */
export async function readNotification(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  notificationId: string,
): Promise<Notification | undefined> {
  return notificationFrom(tenantId, await tx.get(documentRef(stores, "notifications", { tenantId, notificationId })));
}

/** Changes how a notification stands. */
export function updateNotification(
  tx: Transaction,
  stores: Stores,
  notification: Pick<Notification, "id" | "tenantId">,
  fields: Partial<Pick<Notification, "state" | "outcome" | "attempts" | "lastStatus" | "bodyHash" | "acknowledgedAt">>,
): void {
  const { id: notificationId, tenantId } = notification;
  tx.update(documentRef(stores, "notifications", { tenantId, notificationId }), { ...fields });
}

/** Notifications of the tenant's own endpoint, newest first, at most 100. */
export async function listWebhookNotifications(stores: Stores, tenantId: string): Promise<Notification[]> {
  const { docs } = await collectionRef(stores, "notifications", { tenantId })
    .where("recipient", "==", "tenantWebhook")
    .orderBy("createdAt", "desc")
    .limit(100)
    .get();
  return docs.flatMap((snapshot) => notificationFrom(tenantId, snapshot) ?? []);
}
