import { type DocumentSnapshot, FieldValue, type Query, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import { type Chunk, erasedSource, type KnowledgeDocument, type Passage } from "./document.ts";

export interface DocumentKey {
  tenantId: string;
  documentId: string;
}

function documentFrom(tenantId: string, snapshot: DocumentSnapshot): KnowledgeDocument | undefined {
  const data = snapshot.data() as
    | (Omit<KnowledgeDocument, "id" | "tenantId" | "createdAt" | "updatedAt"> & { createdAt: Stamp; updatedAt: Stamp })
    | undefined;
  if (data === undefined) return undefined;
  const times = { createdAt: data.createdAt.toDate(), updatedAt: data.updatedAt.toDate() };
  return { ...data, ...times, id: snapshot.id, tenantId };
}

/** A document, or undefined. */
export async function findDocument(stores: Stores, key: DocumentKey): Promise<KnowledgeDocument | undefined> {
  return documentFrom(key.tenantId, await documentRef(stores, "knowledge", key).get());
}

/** A document within a transaction, or undefined. */
export async function readDocument(
  tx: Transaction,
  stores: Stores,
  key: DocumentKey,
): Promise<KnowledgeDocument | undefined> {
  return documentFrom(key.tenantId, await tx.get(documentRef(stores, "knowledge", key)));
}

/** The document of a file name, or undefined; one that is being deleted does not count. */
export async function findDocumentByFileName(
  stores: Stores,
  tenantId: string,
  fileName: string,
): Promise<KnowledgeDocument | undefined> {
  const { docs } = await ofFileName(stores, tenantId, fileName).get();
  return inUse(tenantId, docs);
}

/** The same within a transaction: no other document takes the name before it commits. */
export async function readDocumentByFileName(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  fileName: string,
): Promise<KnowledgeDocument | undefined> {
  const { docs } = await tx.get(ofFileName(stores, tenantId, fileName));
  return inUse(tenantId, docs);
}

function ofFileName(stores: Stores, tenantId: string, fileName: string): Query {
  return collectionRef(stores, "knowledge", { tenantId }).where("fileName", "==", fileName);
}

function inUse(tenantId: string, docs: readonly DocumentSnapshot[]): KnowledgeDocument | undefined {
  return docs.flatMap((snapshot) => documentFrom(tenantId, snapshot) ?? []).find(({ state }) => state !== "deleting");
}

/** Stores a document whole. */
export function saveDocument(tx: Transaction, stores: Stores, document: KnowledgeDocument): void {
  const { id: documentId, tenantId, ...fields } = document;
  tx.set(documentRef(stores, "knowledge", { tenantId, documentId }), fields);
}

/** Deletes the record of a document that a job was made to delete; an absent one is no error. */
export async function deleteDocumentRecord(stores: Stores, key: DocumentKey, jobId: string): Promise<void> {
  await stores.data.runTransaction(async (tx) => {
    const stored = await readDocument(tx, stores, key);
    if (stored?.state === "deleting" && stored.jobId === jobId) tx.delete(documentRef(stores, "knowledge", key));
  });
}

/** Says that a document's newest version is in use, unless it was replaced or deleted meanwhile. */
export async function markReady(
  stores: Stores,
  document: KnowledgeDocument,
  chunkCount: number,
  at: Date,
): Promise<void> {
  const key = { tenantId: document.tenantId, documentId: document.id };
  await stores.data.runTransaction(async (tx) => {
    const stored = await readDocument(tx, stores, key);
    if (stored === undefined || !isCurrent(stored, document)) return;
    saveDocument(tx, stores, { ...stored, state: "ready", liveVersion: document.version, chunkCount, updatedAt: at });
  });
}

function isCurrent(stored: KnowledgeDocument | undefined, document: KnowledgeDocument): boolean {
  return stored?.version === document.version && stored.state !== "deleting" && stored.state !== "review";
}

/** Documents by file name, from after one on. */
export async function listDocumentRecords(
  stores: Stores,
  tenantId: string,
  after: string | undefined,
  limit: number,
): Promise<KnowledgeDocument[]> {
  const documents = collectionRef(stores, "knowledge", { tenantId }).orderBy("fileName");
  const page = after === undefined ? documents : documents.startAfter(after);
  const { docs } = await page.limit(limit).get();
  return docs.flatMap((snapshot) => documentFrom(tenantId, snapshot) ?? []);
}

/**
 * Stores passages of a document's newest version with their embeddings, replacing those of the same ids.
 *
 * @returns false, and nothing is written, when the document was replaced or deleted meanwhile.
 */
export async function saveChunks(
  stores: Stores,
  document: KnowledgeDocument,
  records: readonly { chunk: Chunk; embedding: readonly number[] }[],
): Promise<boolean> {
  const key = { tenantId: document.tenantId, documentId: document.id };
  return stores.data.runTransaction(async (tx) => {
    if (!isCurrent(await readDocument(tx, stores, key), document)) return false;
    for (const { chunk, embedding } of records) {
      const { id: chunkId, tenantId, ...fields } = chunk;
      const ref = documentRef(stores, "chunks", { tenantId, chunkId });
      tx.set(ref, { ...fields, embedding: FieldValue.vector([...embedding]) });
    }
    return true;
  });
}

function chunksOf(stores: Stores, { tenantId, documentId }: DocumentKey): Query {
  return collectionRef(stores, "chunks", { tenantId }).where("documentId", "==", documentId);
}

/**
 * Makes the passages of a document's newest version findable, at most `limit`; none once it was replaced or deleted.
 *
 * @returns how many were hidden before.
 */
export async function publishChunks(stores: Stores, document: KnowledgeDocument, limit: number): Promise<number> {
  const key = { tenantId: document.tenantId, documentId: document.id };
  const hidden = chunksOf(stores, key).where("version", "==", document.version).where("live", "==", false);
  return stores.data.runTransaction(async (tx) => {
    if (!isCurrent(await readDocument(tx, stores, key), document)) return 0;
    const { docs } = await tx.get(hidden.limit(limit).select());
    for (const { ref } of docs) tx.update(ref, { live: true });
    return docs.length;
  });
}

/** Hides passages of a document, at most `limit`. @returns how many were findable before. */
export async function hideChunks(stores: Stores, key: DocumentKey, limit: number): Promise<number> {
  return stores.data.runTransaction(async (tx) => {
    const { docs } = await tx.get(chunksOf(stores, key).where("live", "==", true).limit(limit).select());
    for (const { ref } of docs) tx.update(ref, { live: false });
    return docs.length;
  });
}

/** Deletes passages of older versions, at most `limit`. @returns how many. */
export async function deleteChunksBefore(
  stores: Stores,
  key: DocumentKey,
  version: number,
  limit: number,
): Promise<number> {
  const { docs } = await chunksOf(stores, key).where("version", "<", version).limit(limit).select().get();
  const batch = stores.data.batch();
  for (const { ref } of docs) batch.delete(ref);
  await batch.commit();
  return docs.length;
}

/** The findable passages nearest to a vector by cosine distance, nearest first. */
export async function nearestChunks(
  stores: Stores,
  tenantId: string,
  vector: readonly number[],
  limit: number,
): Promise<Passage[]> {
  const nearest = collectionRef(stores, "chunks", { tenantId })
    .where("live", "==", true)
    .select("documentId", "title", "heading", "text", "sourceSubjectId", "distance")
    .findNearest({
      vectorField: "embedding",
      queryVector: [...vector],
      limit,
      distanceMeasure: "COSINE",
      distanceResultField: "distance",
    });
  const { docs } = await nearest.get();
  return docs.map((snapshot) => ({ id: snapshot.id, ...(snapshot.data() as Omit<Passage, "id">) }));
}

/** What documents were saved from: a person, or one of a person's conversations. */
export interface Source {
  tenantId: string;
  field: "sourceSubjectId" | "sourceConversationId";
  id: string;
}

/** Documents that name a source, at most `limit`. */
export async function listSourced(stores: Stores, source: Source, limit: number): Promise<KnowledgeDocument[]> {
  const { tenantId, field, id } = source;
  const { docs } = await collectionRef(stores, "knowledge", { tenantId }).where(field, "==", id).limit(limit).get();
  return docs.flatMap((snapshot) => documentFrom(tenantId, snapshot) ?? []);
}

/** Documents and passages that name a source. */
export async function countSourced(stores: Stores, { tenantId, field, id }: Source): Promise<number> {
  const documents = collectionRef(stores, "knowledge", { tenantId }).where(field, "==", id);
  const found = (await documents.count().get()).data().count;
  if (field !== "sourceSubjectId") return found;
  const passages = collectionRef(stores, "chunks", { tenantId }).where(field, "==", id);
  return found + (await passages.count().get()).data().count;
}

/** Puts a document aside for review, hides its passages, and unlinks them from their source. */
export async function hideDocument(stores: Stores, key: DocumentKey, at: Date): Promise<void> {
  const passages = await chunksOf(stores, key).select().get();
  await stores.data.runTransaction(async (tx) => {
    const stored = await readDocument(tx, stores, key);
    if (stored === undefined) return;
    const { sourceSubjectId: _person, sourceConversationId: _conversation, ...rest } = stored;
    const state = stored.state === "deleting" ? stored.state : "review";
    saveDocument(tx, stores, { ...rest, state, updatedAt: at });
    for (const { ref } of passages.docs) tx.update(ref, { live: false, sourceSubjectId: erasedSource });
  });
}

/** Documents that staff saved from conversations, at most 200. */
export async function listFromChats(stores: Stores, tenantId: string): Promise<KnowledgeDocument[]> {
  const { docs } = await collectionRef(stores, "knowledge", { tenantId })
    .where("fromChat", "==", true)
    .limit(200)
    .get();
  return docs.flatMap((snapshot) => documentFrom(tenantId, snapshot) ?? []);
}
