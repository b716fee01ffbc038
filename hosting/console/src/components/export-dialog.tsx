import "./dialog.css";
import { Button, Modal, Textarea } from "@mantine/core";
import { useState } from "react";
import { Link } from "react-router";
import { issueExportLink, requestExport } from "../api/privacy.ts";
import type { ExportFormat, Subject } from "../api/shapes.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useJob } from "../hooks/use-job.ts";
import { personName } from "../words/things.ts";
import { JobProgress } from "./job-progress.tsx";
import { Notice } from "./notice.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

const formats: readonly { value: ExportFormat; title: string; text: string }[] = [
  {
    value: "json",
    title: "One JSON file",
    text: "Everything Lethe holds of this person in one subject.json. For handing over or moving.",
  },
  {
    value: "bag",
    title: "A signed bag (BagIt, zipped)",
    text: "The same with files, an explanation of each field, who looked at it and when, hashes and a proof from the log.",
  },
];

/** Asks in which form and why, starts the export, and shows how it goes. */
export function ExportDialog({ subject, onClose }: { subject: Subject; onClose(): void }) {
  const { api } = useApp();
  const [format, setFormat] = useState<ExportFormat>("json");
  const [reason, setReason] = useState("");
  const [started, setStarted] = useState<{ exportId: string; jobId: string }>();
  const intent = useIntentKey();
  const start = useAction(async () => {
    setStarted(await requestExport(api, { subjectId: subject.subjectId, format, reason: reason.trim() }, intent.key));
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={560}
      title={`Export ${personName(subject)}`}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {started !== undefined ? (
        <Started exportId={started.exportId} jobId={started.jobId} onClose={onClose} />
      ) : (
        <form
          className="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            start.run();
          }}
        >
          <fieldset style={{ border: 0, margin: 0, padding: 0 }}>
            <legend style={{ padding: 0, fontSize: 14, fontWeight: 500 }}>Format</legend>
            <div className="choices">
              {formats.map(({ value, title, text }) => (
                <label key={value} className="choice">
                  <input
                    type="radio"
                    name="format"
                    value={value}
                    checked={format === value}
                    onChange={() => {
                      setFormat(value);
                      intent.renew();
                    }}
                  />
                  <span>
                    <span className="choice-title">{title}</span>
                    <br />
                    <span className="choice-text">{text}</span>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
          <Textarea
            label="Reason"
            description="Recorded in the audit trail with your name. For example: request by e-mail of 3 May."
            autosize
            minRows={2}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => {
              setReason(event.currentTarget.value);
              intent.renew();
            }}
          />
          {start.problem !== undefined && <ProblemNotice problem={start.problem} />}
          <div className="dialog-actions">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={start.isPending} disabled={reason.trim() === ""}>
              Start export
            </Button>
          </div>
        </form>
      )}
    </Modal>
  );
}

function Started({ exportId, jobId, onClose }: { exportId: string; jobId: string; onClose(): void }) {
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
  const [url, setUrl] = useState<string>();
  const issue = useAction(async () => {
    const link = await issueExportLink(api, exportId);
    setUrl(link.url);
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
      {url !== undefined && (
        <Notice tone="quiet" role="status">
          The link works for 15 minutes, for whoever has it.{" "}
          <a className="link" href={url} target="_blank" rel="noreferrer">
            Open the file
          </a>
        </Notice>
      )}
      {issue.problem !== undefined && <ProblemNotice problem={issue.problem} />}
    </div>
  );
}
