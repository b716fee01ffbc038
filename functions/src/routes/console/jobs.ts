import { z } from "zod";
import { closureJob } from "../../closure/closure-job.ts";
import { exportJob } from "../../exports/export-job.ts";
import { cancelJob } from "../../jobs/cancel-job.ts";
import { estimate } from "../../jobs/estimate.ts";
import type { Job, JobKind, JobKindName } from "../../jobs/job.ts";
import { getJob, listJobs } from "../../jobs/jobs.ts";
import { retryJob } from "../../jobs/retry-job.ts";
import { knowledgeJob } from "../../knowledge/knowledge-job.ts";
import type { Deps } from "../../platform/deps.ts";
import { webhookJob } from "../../recipients/webhook-job.ts";
import { retentionJob } from "../../retention/retention-job.ts";
import { rotationJob } from "../../rotation/rotation-job.ts";
import { erasureJob } from "../../subject-requests/erasure/erasure-job.ts";
import { type RouteTable, route } from "../route.ts";
import { actor, nextCursor, page, recordId, time } from "./shapes.ts";

const jobShape = z.strictObject({
  jobId: recordId,
  kind: z.string(),
  state: z.enum(["queued", "running", "waiting", "done", "failed", "cancelled"]),
  step: z.string(),
  counts: z.record(z.string(), z.number()),
  total: z.int().optional(),
  targets: z.record(z.string(), z.string()),
  failure: z
    .strictObject({ code: z.string(), reason: z.string(), step: z.string(), retryable: z.boolean() })
    .optional(),
  cancellable: z.boolean(),
  requestedBy: actor,
  /** At the pace so far, of what was counted beforehand; absent wherever that is not known. */
  remainingSeconds: z.int().min(1).optional(),
  createdAt: time,
  startedAt: time.optional(),
  updatedAt: time,
  finishedAt: time.optional(),
});

/** A job as callers see it: without leases and cursors. */
function wireJob(deps: Pick<Deps, "clock">, job: Job) {
  const { id: jobId, kind, state, step, counts, total, targets, failure, requestedBy } = job;
  const { createdAt, startedAt, updatedAt, finishedAt } = job;
  return {
    ...{ jobId, kind, state, step, counts, total, targets },
    ...(failure === undefined ? {} : { failure: shownFailure(failure) }),
    cancellable: state !== "done" && state !== "cancelled" && isCancellable(job),
    remainingSeconds: estimate(job, deps.clock.now())?.remainingSeconds,
    ...{ requestedBy, createdAt, startedAt, updatedAt, finishedAt },
  };
}

function shownFailure({ code, reason, step, retryable }: NonNullable<Job["failure"]>) {
  return { code, reason, step, retryable };
}

/** Every kind; each says itself when it may be cancelled. */
const kinds: Readonly<Record<JobKindName, Pick<JobKind<Deps>, "isCancellable">>> = {
  export: exportJob,
  erasure: erasureJob,
  retention: retentionJob,
  knowledge: knowledgeJob,
  rotation: rotationJob,
  closure: closureJob,
  webhook: webhookJob,
};

function isCancellable(job: Job): boolean {
  return kinds[job.kind].isCancellable(job);
}

const params = z.strictObject({ jobId: recordId });
const one = { 200: z.strictObject({ job: jobShape }) };
const idsOnly = { none: "ids, states and counts; no data of a person" };

/** Long work: how it stands, try again, stop. */
export const jobRoutes = {
  "GET /v1/jobs": route({
    caller: "jobs:read",
    summary: "Jobs, newest first",
    query: z.strictObject(page),
    answer: { 200: z.strictObject({ jobs: z.array(jobShape), nextCursor }) },
    audit: idsOnly,
    limit: "staff-read",
    handle: async (deps, staff, { query }) => {
      const { jobs, ...rest } = await listJobs(deps.stores, staff.tenantId, query);
      return { status: 200, body: { jobs: jobs.map((job) => wireJob(deps, job)), ...rest } };
    },
  }),
  "GET /v1/jobs/{jobId}": route({
    caller: "jobs:read",
    summary: "A job",
    params,
    answer: one,
    audit: idsOnly,
    limit: "staff-read",
    handle: async (deps, staff, { params: { jobId } }) => ({
      status: 200,
      body: { job: wireJob(deps, await getJob(deps.stores, staff.tenantId, jobId)) },
    }),
  }),
  "POST /v1/jobs/{jobId}/retry": route({
    caller: "jobs:write",
    summary: "Set a failed job going again from where it failed",
    params,
    answer: one,
    audit: "job-retried",
    limit: "staff-write",
    handle: async (deps, staff, { params: { jobId } }) => ({
      status: 200,
      body: { job: wireJob(deps, await retryJob(deps, staff.tenantId, jobId, staff.actor)) },
    }),
  }),
  "POST /v1/jobs/{jobId}/cancel": route({
    caller: "jobs:write",
    summary: "Stop a job where its kind allows, as `cancellable` says; an erasure cannot be stopped",
    params,
    answer: one,
    audit: "job-cancelled",
    limit: "staff-write",
    handle: async (deps, staff, { params: { jobId } }) => {
      const job = await cancelJob(deps, staff.tenantId, jobId, staff.actor, isCancellable);
      return { status: 200, body: { job: wireJob(deps, job) } };
    },
  }),
} as const satisfies RouteTable;
