import { Skeleton } from "@mantine/core";
import { Link, useParams } from "react-router";
import { isActive } from "../api/live-jobs.ts";
import type { Job } from "../api/shapes.ts";
import { JobBar, JobProgress } from "../components/job-progress.tsx";
import { aboutOf } from "../components/job-row.tsx";
import { LiveTag } from "../components/live-tag.tsx";
import { Page } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { ExportLink } from "../components/started-export.tsx";
import { JobTag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useSession } from "../hooks/app.tsx";
import { useJob, useLiveJobs } from "../hooks/use-job.ts";
import { jobTitle } from "../words/jobs.ts";

const back = { to: "/jobs", title: "Jobs" };

/** One job as it goes. */
export function JobPage() {
  const { jobId = "" } = useParams();
  const { mode } = useLiveJobs();
  const { job, problem } = useJob(jobId);
  if (job === undefined) {
    return (
      <Page title="Job" back={back}>
        {problem === undefined ? (
          <Skeleton height={320} className="after-a-while" />
        ) : (
          <ProblemNotice problem={problem} />
        )}
      </Page>
    );
  }
  return (
    <Page
      title={jobTitle(job)}
      back={back}
      lead={<JobTag state={job.state} />}
      actions={isActive(job) ? <LiveTag mode={mode} /> : undefined}
    >
      <div style={{ marginBottom: 20 }}>
        <JobBar job={job} />
      </div>
      <div className="card card-body">
        <JobProgress job={job} />
        <ExportFile job={job} />
      </div>
      <div style={{ marginTop: 24 }}>
        <Facts job={job} />
      </div>
    </Page>
  );
}

function ExportFile({ job }: { job: Job }) {
  const { can } = useSession();
  if (job.kind !== "export" || job.state !== "done" || !can("exports:read")) return null;
  return (
    <div style={{ marginTop: 18 }}>
      <ExportLink exportId={job.targets.exportId ?? job.jobId} />
    </div>
  );
}

function Facts({ job }: { job: Job }) {
  const { can } = useSession();
  const { subjectId } = job.targets;
  return (
    <dl className="facts">
      <dt>About</dt>
      <dd>
        {subjectId !== undefined && can("subjects:read") ? (
          <Link className="link" to={`/people/${subjectId}`}>
            {aboutOf(job)}
          </Link>
        ) : (
          (aboutOf(job) ?? "The account")
        )}
      </dd>
      <dt>Asked for</dt>
      <dd>
        <When at={job.createdAt} full />
      </dd>
      {job.finishedAt !== undefined && (
        <>
          <dt>Ended</dt>
          <dd>
            <When at={job.finishedAt} full />
          </dd>
        </>
      )}
      <dt>Number</dt>
      <dd className="mono">{job.jobId}</dd>
    </dl>
  );
}
