import {
  type DocumentData,
  type DocumentReference,
  type DocumentSnapshot,
  FieldPath,
  FieldValue,
  type Transaction,
  type UpdateData,
} from "@google-cloud/firestore";
import { collectionGroupRef, collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stored } from "../inventory/stored.ts";
import { AppError } from "../platform/errors.ts";
import type { PagePlace } from "../platform/page-cursor.ts";
import type { Job, Shard, Work } from "./job.ts";

export interface JobIds {
  tenantId: string;
  jobId: string;
}

export interface ShardIds extends JobIds {
  shardId: string;
}

function timesOf(data: Stored<Work>) {
  return {
    lease: data.lease && { ...data.lease, expiresAt: data.lease.expiresAt.toDate() },
    lastError: data.lastError && { ...data.lastError, at: data.lastError.at.toDate() },
    runAfter: data.runAfter?.toDate(),
    wakeAt: data.wakeAt?.toDate(),
    createdAt: data.createdAt.toDate(),
    updatedAt: data.updatedAt.toDate(),
    finishedAt: data.finishedAt?.toDate(),
  };
}

function jobFrom(snapshot: DocumentSnapshot): Job | undefined {
  const data = snapshot.data() as Stored<Job> | undefined;
  return data && { ...data, ...timesOf(data), startedAt: data.startedAt?.toDate() };
}

function shardFrom(snapshot: DocumentSnapshot): Shard | undefined {
  const data = snapshot.data() as Stored<Shard> | undefined;
  return data && { ...data, ...timesOf(data) };
}

const jobRef = (stores: Stores, ids: JobIds) => documentRef(stores, "jobs", ids);
const shardRef = (stores: Stores, ids: ShardIds) => documentRef(stores, "shards", ids);

/** The ids under which a shard lies. */
export function shardIds(shard: Shard): ShardIds {
  return { tenantId: shard.tenantId, jobId: shard.jobId, shardId: shard.id };
}

/** Adds a job. The transaction fails when there is one of that id. */
export function createJobRecord(tx: Transaction, stores: Stores, job: Job): void {
  tx.create(jobRef(stores, { tenantId: job.tenantId, jobId: job.id }), job);
}

/** Writes a job that the same transaction has read. */
export function saveJobRecord(tx: Transaction, stores: Stores, job: Job): void {
  tx.set(jobRef(stores, { tenantId: job.tenantId, jobId: job.id }), job);
}

/** What writes of one commit are gathered in: a batch, or a transaction. */
export interface Commit {
  update(ref: DocumentReference, fields: UpdateData<DocumentData>): unknown;
}

/**
 * Adds to a job's counts in the commit that does what is counted: they are exact, wherever the job dies. For steps that
 * are not fanned out.
 *
 * @param counts - by a name without dots.
 */
export function addToCounts(
  commit: Commit,
  stores: Stores,
  ids: JobIds,
  counts: Readonly<Record<string, number>>,
): void {
  const added = Object.entries(counts).map(([name, count]) => [`counts.${name}`, FieldValue.increment(count)] as const);
  commit.update(jobRef(stores, ids), Object.fromEntries(added));
}

/** The job as it stands in a transaction, which then depends on it; undefined when there is none. */
export async function readJob(tx: Transaction, stores: Stores, ids: JobIds): Promise<Job | undefined> {
  return jobFrom(await tx.get(jobRef(stores, ids)));
}

/** The shard as it stands in a transaction, or undefined. */
export async function readShard(tx: Transaction, stores: Stores, ids: ShardIds): Promise<Shard | undefined> {
  return shardFrom(await tx.get(shardRef(stores, ids)));
}

/** The job, or undefined. */
export async function findJobRecord(stores: Stores, ids: JobIds): Promise<Job | undefined> {
  return jobFrom(await jobRef(stores, ids).get());
}

/**
 * Changes a job in a transaction.
 *
 * @param change - pure, since it may be called again; the same object back means that nothing is written.
 * @param beside - other writes of that transaction, made only when the job is written.
 * @returns the job as stored, or undefined when there is none.
 */
export async function changeJob(
  stores: Stores,
  ids: JobIds,
  change: (stored: Job) => Job,
  beside?: (tx: Transaction) => void,
): Promise<Job | undefined> {
  return stores.data.runTransaction(async (tx) => {
    const stored = await readJob(tx, stores, ids);
    if (stored === undefined) return undefined;
    const next = change(stored);
    if (next === stored) return stored;
    tx.set(jobRef(stores, ids), next);
    beside?.(tx);
    return next;
  });
}

/** A job and one of its shards, as they change together. */
export interface ShardAndJob {
  job: Job;
  shard: Shard;
  /** The next shard of the lane, and when somebody should look at it. */
  successor?: { shardId: string; wakeAt: Date };
}

/**
 * Changes a shard, and its job with it, in one transaction.
 *
 * @param change - pure, since it may be called again; records given back as they were are not written.
 * @returns both as stored, or undefined when one of them is missing.
 */
export async function changeShard(
  stores: Stores,
  ids: ShardIds,
  change: (stored: ShardAndJob) => ShardAndJob,
): Promise<ShardAndJob | undefined> {
  return stores.data.runTransaction(async (tx) => {
    const [job, shard] = await Promise.all([readJob(tx, stores, ids), readShard(tx, stores, ids)]);
    if (job === undefined || shard === undefined) return undefined;
    const next = change({ job, shard });
    if (next.job !== job) tx.set(jobRef(stores, ids), next.job);
    if (next.shard !== shard) tx.set(shardRef(stores, ids), next.shard);
    if (next.successor !== undefined) {
      const { shardId, wakeAt } = next.successor;
      tx.update(shardRef(stores, { ...ids, shardId }), { wakeAt });
    }
    return next;
  });
}

/**
 * Writes shards in a transaction that also changes their job, so that a holder whose lease is gone writes none.
 *
 * @param change - the job's change; throws AppError `job-conflict` when the caller does not hold it.
 * @throws AppError `not-found` when the job is gone.
 */
export async function writeShards(
  stores: Stores,
  ids: JobIds,
  shards: readonly Shard[],
  change: (stored: Job) => Job,
): Promise<Job> {
  return stores.data.runTransaction(async (tx) => {
    const stored = await readJob(tx, stores, ids);
    if (stored === undefined) throw new AppError("not-found", `no job ${ids.jobId}`);
    const next = change(stored);
    for (const shard of shards) tx.set(shardRef(stores, shardIds(shard)), shard);
    if (next !== stored) tx.set(jobRef(stores, ids), next);
    return next;
  });
}

/** Deletes a shard whose job is gone; an absent one is no error. */
export async function deleteShard(stores: Stores, ids: ShardIds): Promise<void> {
  await shardRef(stores, ids).delete();
}

/** Gives shards of a fanned-out job a time to be looked at, instead of the job itself; nothing when the job has gone on. */
export async function wakeShards(
  stores: Stores,
  job: Job,
  wakes: readonly { shardId: string; wakeAt: Date }[],
): Promise<void> {
  const ids = { tenantId: job.tenantId, jobId: job.id };
  await stores.data.runTransaction(async (tx) => {
    const stored = await readJob(tx, stores, ids);
    if (stored?.state !== "running" || stored.fanOut?.token !== job.fanOut?.token) return;
    tx.set(jobRef(stores, ids), { ...stored, wakeAt: undefined });
    for (const { shardId, wakeAt } of wakes) tx.update(shardRef(stores, { ...ids, shardId }), { wakeAt });
  });
}

/**
 * Moves the time at which somebody should look at a job, or at a shard, unless its holder did so meanwhile.
 *
 * @returns whether it was still due; true also when this very change was made before and its answer lost.
 */
export async function postpone(stores: Stores, ids: JobIds | ShardIds, now: Date, wakeAt: Date): Promise<boolean> {
  const ref = "shardId" in ids ? shardRef(stores, ids) : jobRef(stores, ids);
  return stores.data.runTransaction(async (tx) => {
    const stored = (await tx.get(ref)).data() as Stored<Work> | undefined;
    const due = stored?.wakeAt?.toDate();
    if (due === undefined || (due > now && due.getTime() !== wakeAt.getTime())) return false;
    tx.update(ref, { wakeAt });
    return true;
  });
}

/** The shards of the job's fan-out that are not done: at most as many as a fan-out may have. */
export async function listOpenShards(stores: Stores, job: Job): Promise<Shard[]> {
  const snapshot = await collectionRef(stores, "shards", { tenantId: job.tenantId, jobId: job.id })
    .where("fanOut", "==", job.fanOut?.token ?? -1)
    .where("state", "in", ["queued", "running", "waiting", "failed"])
    .get();
  return snapshot.docs.flatMap((document) => shardFrom(document) ?? []);
}

/** A tenant's jobs that have not ended, at most `limit`. */
export async function listUnfinishedJobs(stores: Stores, tenantId: string, limit: number): Promise<Job[]> {
  const snapshot = await collectionRef(stores, "jobs", { tenantId })
    .where("state", "in", ["queued", "running", "waiting"])
    .limit(limit)
    .get();
  return snapshot.docs.flatMap((document) => jobFrom(document) ?? []);
}

/** Deletes a job's record in a transaction that has read it. */
export function deleteJobRecord(tx: Transaction, stores: Stores, ids: JobIds): void {
  tx.delete(jobRef(stores, ids));
}

/** One page of a tenant's jobs, newest first, behind the job of a time and id. */
export async function pageOfJobs(
  stores: Stores,
  tenantId: string,
  limit: number,
  after: PagePlace | undefined,
): Promise<Job[]> {
  const newestFirst = collectionRef(stores, "jobs", { tenantId })
    .orderBy("createdAt", "desc")
    .orderBy(FieldPath.documentId(), "desc");
  const page = after === undefined ? newestFirst : newestFirst.startAfter(after.time, after.id);
  const snapshot = await page.limit(limit).get();
  return snapshot.docs.flatMap((document) => jobFrom(document) ?? []);
}

/** A tenant's jobs that wait at a step; one read when there are none. */
export async function listWaitingJobs(stores: Stores, tenantId: string, step: string): Promise<Job[]> {
  const waiting = collectionRef(stores, "jobs", { tenantId }).where("state", "==", "waiting");
  const snapshot = await waiting.where("step", "==", step).limit(100).get();
  return snapshot.docs.flatMap((document) => jobFrom(document) ?? []);
}

/** Jobs of every tenant of the region that somebody should look at, the longest due first. */
export async function listDueJobs(stores: Stores, now: Date, limit: number): Promise<Job[]> {
  const snapshot = await collectionGroupRef(stores, "jobs")
    .where("wakeAt", "<=", now)
    .orderBy("wakeAt")
    .limit(limit)
    .get();
  return snapshot.docs.flatMap((document) => jobFrom(document) ?? []);
}

/** Shards of every tenant of the region that somebody should look at, the longest due first. */
export async function listDueShards(stores: Stores, now: Date, limit: number): Promise<Shard[]> {
  const snapshot = await collectionGroupRef(stores, "shards")
    .where("wakeAt", "<=", now)
    .orderBy("wakeAt")
    .limit(limit)
    .get();
  return snapshot.docs.flatMap((document) => shardFrom(document) ?? []);
}
