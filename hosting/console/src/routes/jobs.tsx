import { Button, SegmentedControl } from "@mantine/core";
import { IconProgressCheck } from "@tabler/icons-react";
import { useState } from "react";
import { listJobs } from "../api/jobs.ts";
import { isActive } from "../api/live-jobs.ts";
import type { Job } from "../api/shapes.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { JobRow } from "../components/job-row.tsx";
import { LiveTag } from "../components/live-tag.tsx";
import { Page } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { RowsPlaceholder } from "../components/rows.tsx";
import { useApp } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLiveJobs } from "../hooks/use-job.ts";
import "../components/rows.css";

type View = "all" | "active" | "failed";

const shows: Readonly<Record<View, (job: Job) => boolean>> = {
  all: () => true,
  active: isActive,
  failed: (job) => job.state === "failed",
};

/** Exports, erasures and other long work, live. */
export function Jobs() {
  const { mode, jobs, isKnown } = useLiveJobs();
  const [view, setView] = useState<View>("all");
  const older = useOlderJobs(jobs);
  const shown = [...jobs, ...older.jobs].filter(shows[view]);
  const failed = jobs.filter(shows.failed).length;
  return (
    <Page
      title="Jobs"
      lead="Exports, erasures and other work that takes a while. Every step is saved: what stops goes on where it was."
      actions={<LiveTag mode={mode} />}
    >
      <div style={{ marginBottom: 16 }}>
        <SegmentedControl
          aria-label="Which jobs"
          value={view}
          onChange={(value) => setView(value === "active" || value === "failed" ? value : "all")}
          data={[
            { value: "all", label: "All" },
            { value: "active", label: "Going on" },
            { value: "failed", label: failed > 0 ? `Failed (${failed})` : "Failed" },
          ]}
        />
      </div>
      {!isKnown ? (
        <RowsPlaceholder />
      ) : (
        <div className="card">
          {shown.length === 0 ? (
            <EmptyState icon={IconProgressCheck} title={view === "all" ? "No jobs yet" : "None"}>
              {view === "failed"
                ? "Nothing has failed."
                : "Export or erase somebody from their page, or upload a document, and watch it here."}
            </EmptyState>
          ) : (
            <ul className="rows" aria-label="Jobs">
              {shown.map((job) => (
                <li key={job.jobId}>
                  <JobRow job={job} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      {older.problem !== undefined && <ProblemNotice problem={older.problem} />}
      {isKnown && older.hasMore && (
        <div className="load-more">
          <Button variant="default" loading={older.isPending} onClick={older.load}>
            Show older
          </Button>
        </div>
      )}
    </Page>
  );
}

/** Jobs older than those that are followed, page by page. */
function useOlderJobs(followed: readonly Job[]) {
  const { api } = useApp();
  const [pages, setPages] = useState<{ jobs: readonly Job[]; cursor: string | undefined }>();
  const load = useAction(async () => {
    const page = await listJobs(api, pages?.cursor);
    setPages((before) => ({ jobs: [...(before?.jobs ?? []), ...page.items], cursor: page.nextCursor }));
  });
  const known = new Set(followed.map((job) => job.jobId));
  return {
    jobs: (pages?.jobs ?? []).filter((job) => !known.has(job.jobId)),
    // As many are followed as one page holds: fewer than that, and there is nothing older.
    hasMore: pages === undefined ? followed.length >= 50 : pages.cursor !== undefined,
    isPending: load.isPending,
    problem: load.problem,
    load: () => load.run(),
  };
}
