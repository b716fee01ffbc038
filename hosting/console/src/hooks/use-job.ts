import { useEffect, useEffectEvent, useSyncExternalStore } from "react";
import { readJob } from "../api/jobs.ts";
import { isActive, type LiveView } from "../api/live-jobs.ts";
import type { ApiProblem } from "../api/problem.ts";
import type { Job } from "../api/shapes.ts";
import { useApp } from "./app.tsx";
import { useLoad } from "./use-load.ts";

/** The newest jobs as they change. */
export function useLiveJobs(): LiveView {
  const { live } = useApp();
  return useSyncExternalStore(live.watch, live.view);
}

/** How often it is asked how long a job that is followed still takes: its live document does not say. */
const estimateEveryMs = 10_000;

/** One job as it changes; an older one, that is not followed any more, as it was when it was asked for. */
export function useJob(jobId: string): { job: Job | undefined; problem: ApiProblem | undefined } {
  const { api, live } = useApp();
  const { jobs } = useLiveJobs();
  const read = useLoad(`job/${jobId}`, async (signal) => {
    const job = await readJob(api, jobId, signal);
    if (isActive(job)) live.merge(job);
    return job;
  });
  const followed = jobs.find((job) => job.jobId === jobId);
  const isCounting = followed !== undefined && isActive(followed) && followed.total !== undefined;
  const { reload } = read;
  useEffect(() => {
    if (!isCounting) return;
    const timer = setInterval(reload, estimateEveryMs);
    return () => clearInterval(timer);
  }, [isCounting, reload]);
  const job = followed === undefined ? read.data : withAsked(followed, read.data);
  return { job, problem: job === undefined ? read.problem : undefined };
}

/** A live document does not say whether the job may be stopped, nor how long it still takes: the API does. */
function withAsked(followed: Job, asked: Job | undefined): Job {
  const cancellable = followed.cancellable ?? asked?.cancellable;
  const remainingSeconds = isActive(followed) ? asked?.remainingSeconds : undefined;
  return {
    ...followed,
    ...(cancellable === undefined ? {} : { cancellable }),
    ...(remainingSeconds === undefined ? {} : { remainingSeconds }),
  };
}

/** Calls back when one of these jobs has come to its end. */
export function useWhenJobsEnd(jobIds: readonly string[], onEnd: () => void): void {
  const { jobs } = useLiveJobs();
  const ended = jobs
    .filter((job) => jobIds.includes(job.jobId) && !isActive(job))
    .map((job) => job.jobId)
    .join(" ");
  const call = useEffectEvent(onEnd);
  useEffect(() => {
    if (ended !== "") call();
  }, [ended]);
}
