import type { Api } from "./api.ts";
import { pageOf } from "./conversations.ts";
import type { Job, Page } from "./shapes.ts";

/** A page of jobs, newest first. */
export async function listJobs(api: Api, cursor?: string, signal?: AbortSignal): Promise<Page<Job>> {
  const answer = await api.get<{ jobs: Job[]; nextCursor?: string }>("/v1/jobs", {
    query: { cursor },
    ...(signal === undefined ? {} : { signal }),
  });
  return pageOf(answer.jobs, answer.nextCursor);
}

/** One job. */
export async function readJob(api: Api, jobId: string, signal?: AbortSignal): Promise<Job> {
  const answer = await api.get<{ job: Job }>(`/v1/jobs/${jobId}`, signal === undefined ? {} : { signal });
  return answer.job;
}

/**
 * Lets a failed job go on from its last saved step.
 *
 * @throws ApiProblem `job-not-retryable`.
 */
export async function retryJob(api: Api, jobId: string): Promise<Job> {
  return (await api.post<{ job: Job }>(`/v1/jobs/${jobId}/retry`)).job;
}

/** Stops a job where the law allows it. */
export async function cancelJob(api: Api, jobId: string): Promise<Job> {
  return (await api.post<{ job: Job }>(`/v1/jobs/${jobId}/cancel`)).job;
}
