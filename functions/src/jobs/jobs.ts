import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { cursorOf, placeOf } from "../platform/page-cursor.ts";
import type { Job, JobKindName } from "./job.ts";
import { createJobRecord, findJobRecord, pageOfJobs, readJob } from "./store.ts";
import { later, messageGraceMs } from "./timing.ts";
import { notBegun } from "./transitions.ts";

export { publishJob } from "./messages.ts";
export { addToCounts } from "./store.ts";
export { sum } from "./transitions.ts";

/** What a job is made of. */
export interface NewJob {
  /** Random, or made of an idempotency key, so that a repeated request finds the first one's job. */
  id: string;
  tenantId: string;
  kind: JobKindName;
  /** The first step; by default the kind's first one. */
  step?: string;
  targets: Readonly<Record<string, string>>;
  /** One of `priorities`. */
  priority: number;
  total?: number;
  requestedBy: { kind: string; id: string };
  createdAt: Date;
}

/**
 * Makes a job in the transaction of what asks for it, beside its audit entry. `publishJob` follows after the commit; if
 * that never happens, `resume-stalled-jobs` publishes within three minutes.
 *
 * The transaction fails when there is a job of that id: where a request may be repeated, `findJobIn` comes first.
 */
export function createJob(tx: Transaction, stores: Stores, input: NewJob): Job {
  const job: Job = {
    ...input,
    step: input.step ?? notBegun,
    state: "queued",
    revision: 1,
    counts: {},
    attempts: 0,
    retries: 0,
    openShards: 0,
    wakeAt: later(input.createdAt, messageGraceMs),
    updatedAt: input.createdAt,
  };
  createJobRecord(tx, stores, job);
  return job;
}

/** The job as a transaction sees it, or undefined; a repeated request returns it instead of making another. */
export function findJobIn(tx: Transaction, stores: Stores, tenantId: string, jobId: string): Promise<Job | undefined> {
  return readJob(tx, stores, { tenantId, jobId });
}

/** A tenant's job, or undefined. */
export function findJob(stores: Stores, tenantId: string, jobId: string): Promise<Job | undefined> {
  return findJobRecord(stores, { tenantId, jobId });
}

/** A tenant's job. @throws AppError `not-found` when the tenant has none of that id. */
export async function getJob(stores: Stores, tenantId: string, jobId: string): Promise<Job> {
  const job = await findJob(stores, tenantId, jobId);
  if (job === undefined) throw new AppError("not-found", `no job ${jobId}`);
  return job;
}

/**
 * One page of a tenant's jobs, newest first.
 *
 * @param page - `limit` of at most 100 jobs; `cursor` is an earlier page's `nextCursor`.
 * @returns the jobs, and `nextCursor` while there are more.
 * @throws AppError `input-invalid` for a cursor that no page gave.
 */
export async function listJobs(
  stores: Stores,
  tenantId: string,
  page: { limit: number; cursor?: string | undefined },
): Promise<{ jobs: Job[]; nextCursor?: string }> {
  const limit = Math.min(Math.max(Math.trunc(page.limit), 1), 100);
  const after = page.cursor === undefined ? undefined : placeOf(page.cursor);
  const jobs = await pageOfJobs(stores, tenantId, limit + 1, after);
  const last = jobs[limit - 1];
  if (last === undefined || jobs.length <= limit) return { jobs };
  return { jobs: jobs.slice(0, limit), nextCursor: cursorOf({ time: last.createdAt, id: last.id }) };
}
