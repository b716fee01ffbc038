import "./dialog.css";
import { Button } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { issueExportLink } from "../api/privacy.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useJob } from "../hooks/use-job.ts";
import { JobProgress } from "./job-progress.tsx";
import { Notice } from "./notice.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

/** How an export goes, and its file once it is there. */
export function StartedExport({ exportId, jobId, onClose }: { exportId: string; jobId: string; onClose(): void }) {
  const { can } = useSession();
  const { job, problem } = useJob(jobId);
  return (
    <div className="dialog">
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {job !== undefined && <JobProgress job={job} />}
      {job?.state === "done" && can("exports:read") && <ExportLink exportId={exportId} />}
      <div className="dialog-actions">
        <span className="small soft" style={{ flex: "1 1 220px", alignSelf: "center" }}>
          You can close this. The file is kept for 7 days under{" "}
          <Link to="/exports" className="link">
            Exports
          </Link>
          .
        </span>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}

/** Issues a link of 15 minutes and opens it; issuing is what is audited. */
export function ExportLink({ exportId, size = "sm" }: { exportId: string; size?: "xs" | "sm" }) {
  const { api } = useApp();
  const [issued, setIssued] = useState<{ url: string; proofUrl?: string }>();
  const issue = useAction(async () => {
    const link = await issueExportLink(api, exportId);
    setIssued(link);
    window.open(link.url, "_blank", "noopener");
  });
  return (
    <div style={{ display: "grid", gap: 8, justifyItems: "start" }}>
      <Button
        size={size}
        variant={size === "xs" ? "default" : "filled"}
        loading={issue.isPending}
        onClick={() => issue.run()}
      >
        Get link
      </Button>
      {issued !== undefined && (
        <Notice tone="quiet" role="status">
          The link works for 15 minutes, for whoever has it.{" "}
          <a className="link" href={issued.url} target="_blank" rel="noreferrer">
            Open the file
          </a>
          {issued.proofUrl !== undefined && (
            <>
              {" · "}
              <a className="link" href={issued.proofUrl} target="_blank" rel="noreferrer">
                Its signature and proof
              </a>
            </>
          )}
        </Notice>
      )}
      {issue.problem !== undefined && <ProblemNotice problem={issue.problem} />}
    </div>
  );
}
