import "./job-progress.css";
import { Button } from "@mantine/core";
import { IconCheck, IconLoader2, IconX } from "@tabler/icons-react";
import { Link } from "react-router";
import { cancelJob, retryJob } from "../api/jobs.ts";
import { isActive } from "../api/live-jobs.ts";
import type { Job } from "../api/shapes.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { countLines, failureWords, jobTitle, progressOf, shareOf, stateNames, stepTitle } from "../words/jobs.ts";
import { sentence } from "../words/things.ts";
import { remainingText } from "../words/time.ts";
import { Notice } from "./notice.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { Tag } from "./tag.tsx";

/** A job in full: its steps, what was done, why it failed and what can be done about it. */
export function JobProgress({ job }: { job: Job }) {
  const progress = progressOf(job);
  const lines = countLines(job);
  return (
    <div style={{ display: "grid", gap: 18 }}>
      <div className="only-heard" role="status">
        {`${jobTitle(job)}: ${stateNames[job.state]}. ${isActive(job) ? stepTitle(job) : ""}`}
      </div>
      <JobFailure job={job} />
      {progress === undefined ? (
        <p className="soft">{job.state === "done" ? "Everything is done." : stepTitle(job)}</p>
      ) : (
        <ol className="steps">
          {progress.steps.map((step, index) => {
            const place = index < progress.at ? "done" : index === progress.at ? "now" : "next";
            const hasFailed = place === "now" && job.state === "failed";
            return (
              <li
                key={step.name}
                className={`step step-${place}${hasFailed ? " step-failed" : ""}`}
                aria-current={place === "now" ? "step" : undefined}
              >
                <span className="step-mark" aria-hidden="true">
                  <StepMark place={place} job={job} index={index} />
                </span>
                <div>
                  <span className="step-title">{step.title}</span>
                  {place === "done" && <span className="only-heard"> (done)</span>}
                  {place === "now" && job.remainingSeconds !== undefined && (
                    <p className="small soft">{sentence(remainingText(job.remainingSeconds))}</p>
                  )}
                  {place === "now" && job.state === "waiting" && step.meanwhile !== undefined && (
                    <p className="small soft">{step.meanwhile}</p>
                  )}
                </div>
              </li>
            );
          })}
        </ol>
      )}
      {lines.length > 0 && (
        <ul className="counts" aria-label="Done so far">
          {lines.map((line) => (
            <li key={line}>
              <Tag>{line}</Tag>
            </li>
          ))}
        </ul>
      )}
      <StopJob job={job} />
      {job.kind === "erasure" && job.state === "done" && <ErasureDone job={job} />}
    </div>
  );
}

function StepMark({ place, job, index }: { place: "done" | "now" | "next"; job: Job; index: number }) {
  if (place === "done") return <IconCheck size={13} stroke={2.4} />;
  if (place === "next" || job.state === "cancelled") return index + 1;
  if (job.state === "failed") return <IconX size={13} stroke={2.4} />;
  return <IconLoader2 size={14} stroke={2.2} className="step-mark-turning" />;
}

/** Why a job failed, and the way on where there is one. */
function JobFailure({ job }: { job: Job }) {
  const { api, live } = useApp();
  const { can } = useSession();
  const retry = useAction(async () => live.merge(await retryJob(api, job.jobId)));
  if (job.state !== "failed") return null;
  const isRetryable = job.failure?.retryable ?? false;
  return (
    <>
      <Notice
        tone="danger"
        role="alert"
        title={failureWords(job) ?? "The job stopped for a reason that it could not tell."}
        action={
          isRetryable && can("jobs:write") ? (
            <Button size="xs" color="red" loading={retry.isPending} onClick={() => retry.run()}>
              Retry
            </Button>
          ) : undefined
        }
      >
        {isRetryable
          ? "What was done is kept; a retry goes on from the last step that was saved."
          : "It cannot go on by itself. Tell us its number."}
      </Notice>
      {retry.problem !== undefined && <ProblemNotice problem={retry.problem} />}
    </>
  );
}

function StopJob({ job }: { job: Job }) {
  const { api, live } = useApp();
  const { can } = useSession();
  const stop = useAction(async () => live.merge(await cancelJob(api, job.jobId)));
  const isOver = job.state === "done" || job.state === "cancelled";
  if (!can("jobs:write") || job.cancellable !== true || isOver) return null;
  return (
    <div>
      {stop.problem !== undefined && <ProblemNotice problem={stop.problem} />}
      <Button size="xs" variant="default" loading={stop.isPending} onClick={() => stop.run()}>
        {job.state === "failed" ? "Give it up" : "Stop this job"}
      </Button>
    </div>
  );
}

function ErasureDone({ job }: { job: Job }) {
  const { can } = useSession();
  const isPerson = (job.targets.scope ?? "person") === "person";
  return (
    <Notice tone="quiet" title={isPerson ? "This person is gone." : "It is gone."}>
      A search of every store found nothing left. The signed receipt says what was deleted and what remains elsewhere,
      until when.
      {can("erasures:read") && (
        <div style={{ marginTop: 8 }}>
          <Link className="link" to={`/receipts/${job.jobId}`}>
            Open the receipt
          </Link>
        </div>
      )}
    </Notice>
  );
}

/** How far a job is, as a bar; of a job that is over, nothing. */
export function JobBar({ job }: { job: Job }) {
  const share = shareOf(job);
  if (share === undefined || (!isActive(job) && job.state !== "failed")) return null;
  const percent = Math.max(4, Math.round(share * 100));
  return (
    <div
      className={`progress-bar${job.state === "failed" ? " progress-bar-danger" : ""}`}
      role="progressbar"
      aria-label={`${jobTitle(job)}: ${stepTitle(job)}`}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div style={{ width: `${percent}%` }} />
    </div>
  );
}
