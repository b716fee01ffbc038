import "./job-row.css";
import { Link } from "react-router";
import { isActive } from "../api/live-jobs.ts";
import type { Job } from "../api/shapes.ts";
import { failureWords, jobTitle, stepTitle } from "../words/jobs.ts";
import { shortId, visitorName } from "../words/things.ts";
import { durationText } from "../words/time.ts";
import { JobBar } from "./job-progress.tsx";
import { JobTag } from "./tag.tsx";
import { When } from "./when.tsx";

/** A job as a line that leads to it. */
export function JobRow({ job }: { job: Job }) {
  return (
    <Link to={`/jobs/${job.jobId}`} className="row">
      <div className="row-main job-row">
        <div>
          <div className="row-title">
            {jobTitle(job)}
            {aboutOf(job) !== undefined && <span className="row-about">{aboutOf(job)}</span>}
          </div>
          <div className="row-detail">{detailOf(job)}</div>
        </div>
        <JobBar job={job} />
      </div>
      <div className="row-aside">
        <JobTag state={job.state} />
        <When at={job.createdAt} />
      </div>
    </Link>
  );
}

function detailOf(job: Job): string {
  if (isActive(job)) return stepTitle(job);
  if (job.state === "failed") return failureWords(job) ?? "Stopped for a reason that it could not tell.";
  if (job.finishedAt === undefined) return `Number ${shortId(job.jobId)}`;
  const took = new Date(job.finishedAt).getTime() - new Date(job.createdAt).getTime();
  return `Took ${durationText(took)}`;
}

/** Whom or what a job is about. */
export function aboutOf(job: Job): string | undefined {
  const { subjectId, documentId } = job.targets;
  if (subjectId !== undefined) return visitorName(subjectId);
  if (documentId !== undefined) return `Document ${shortId(documentId)}`;
  return job.kind === "export" ? "Whole account" : undefined;
}
