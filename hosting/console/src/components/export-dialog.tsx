import { Button, Textarea } from "@mantine/core";
import { useState } from "react";
import { requestExport } from "../api/privacy.ts";
import type { ExportFormat, Subject } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { personName } from "../words/things.ts";
import { Choices } from "./choices.tsx";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { StartedExport } from "./started-export.tsx";

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
    <Dialog onClose={onClose} size={560} title={`Export ${personName(subject)}`}>
      {started !== undefined ? (
        <StartedExport exportId={started.exportId} jobId={started.jobId} onClose={onClose} />
      ) : (
        <form
          className="dialog"
          onSubmit={(event) => {
            event.preventDefault();
            start.run();
          }}
        >
          <Choices
            legend="Format"
            name="format"
            value={format}
            options={formats}
            onChange={(value) => {
              setFormat(value);
              intent.renew();
            }}
          />
          <Textarea
            label="Reason"
            description="For example: asked by e-mail on 3 May. That you start it is recorded with your name."
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
            <Button type="submit" loading={start.isPending} disabled={reason.trim().length < 3}>
              Start export
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
