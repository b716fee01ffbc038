import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Agent, Channel } from "./agent.ts";

type Stored<T> = Omit<T, "id" | "tenantId" | "createdAt" | "updatedAt"> & {
  createdAt: { toDate(): Date };
  updatedAt: { toDate(): Date };
};

function recordFrom<T extends Agent | Channel>(tenantId: string, snapshot: DocumentSnapshot): T | undefined {
  const data = snapshot.data() as Stored<T> | undefined;
  if (data === undefined) return undefined;
  const times = { createdAt: data.createdAt.toDate(), updatedAt: data.updatedAt.toDate() };
  return { ...data, ...times, id: snapshot.id, tenantId } as unknown as T;
}

/** An agent, or undefined. */
export async function findAgent(stores: Stores, tenantId: string, agentId: string): Promise<Agent | undefined> {
  return recordFrom<Agent>(tenantId, await documentRef(stores, "agents", { tenantId, agentId }).get());
}

/** An agent within a transaction, or undefined. */
export async function readAgent(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  agentId: string,
): Promise<Agent | undefined> {
  return recordFrom<Agent>(tenantId, await tx.get(documentRef(stores, "agents", { tenantId, agentId })));
}

/** Stores an agent whole. */
export function saveAgent(tx: Transaction, stores: Stores, agent: Agent): void {
  const { id: agentId, tenantId, ...fields } = agent;
  tx.set(documentRef(stores, "agents", { tenantId, agentId }), fields);
}

/** All agents of a tenant, by id; a tenant has at most 100. */
export async function listAgentRecords(stores: Stores, tenantId: string): Promise<Agent[]> {
  const { docs } = await collectionRef(stores, "agents", { tenantId }).limit(100).get();
  return docs.flatMap((snapshot) => recordFrom<Agent>(tenantId, snapshot) ?? []);
}

/** A channel, or undefined. */
export async function findChannel(stores: Stores, tenantId: string, channelId: string): Promise<Channel | undefined> {
  return recordFrom<Channel>(tenantId, await documentRef(stores, "channels", { tenantId, channelId }).get());
}

/** A channel within a transaction, or undefined. */
export async function readChannel(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  channelId: string,
): Promise<Channel | undefined> {
  return recordFrom<Channel>(tenantId, await tx.get(documentRef(stores, "channels", { tenantId, channelId })));
}

/** Stores a channel whole. */
export function saveChannel(tx: Transaction, stores: Stores, channel: Channel): void {
  const { id: channelId, tenantId, ...fields } = channel;
  tx.set(documentRef(stores, "channels", { tenantId, channelId }), fields);
}

/** All channels of a tenant, by id; a tenant has at most 100. */
export async function listChannelRecords(stores: Stores, tenantId: string): Promise<Channel[]> {
  const { docs } = await collectionRef(stores, "channels", { tenantId }).limit(100).get();
  return docs.flatMap((snapshot) => recordFrom<Channel>(tenantId, snapshot) ?? []);
}
