import "./dialog.css";
import { Button, Modal, Skeleton, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { previewErasure, requestErasure } from "../api/privacy.ts";
import type { Subject } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useJob } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { confirmationOf, personName } from "../words/things.ts";
import { ErasePreview } from "./erase-preview.tsx";
import { JobProgress } from "./job-progress.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

/** Shows what an erasure would do, asks why and for the address in letters, starts it, and shows how it goes. */
export function EraseDialog(props: { subject: Subject; onStarted(): void; onClose(): void }) {
  const { subject, onStarted, onClose } = props;
  const { api, cache } = useApp();
  const [jobId, setJobId] = useState<string>();
  const intent = useIntentKey();
  const erase = useAction(async (reason: string) => {
    const started = await requestErasure(api, subject.subjectId, reason, intent.key);
    // Nothing of this person may come back on the screen from memory.
    cache.forget();
    setJobId(started.jobId);
    onStarted();
  });
  return (
    <Modal
      opened
      onClose={onClose}
      size={620}
      title={jobId === undefined ? `Erase ${personName(subject)}` : "Erasing"}
      closeButtonProps={{ "aria-label": "Close" }}
      closeOnClickOutside={jobId !== undefined}
    >
      {jobId === undefined ? (
        <Decision
          subject={subject}
          isPending={erase.isPending}
          problem={erase.problem === undefined ? null : <ProblemNotice problem={erase.problem} />}
          onErase={erase.run}
          onClose={onClose}
        />
      ) : (
        <Going jobId={jobId} onClose={onClose} />
      )}
    </Modal>
  );
}

function Decision(props: {
  subject: Subject;
  isPending: boolean;
  problem: React.ReactNode;
  onErase(reason: string): void;
  onClose(): void;
}) {
  const { subject, isPending, problem, onErase, onClose } = props;
  const { api } = useApp();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const preview = useLoad(`preview/${subject.subjectId}`, (signal) => previewErasure(api, subject.subjectId, signal), {
    keep: false,
  });
  const expected = confirmationOf(subject);
  const isConfirmed = typed.trim().toLowerCase() === expected.toLowerCase();
  return (
    <form
      className="dialog"
      onSubmit={(event) => {
        event.preventDefault();
        onErase(reason.trim());
      }}
    >
      <p>
        Everything Lethe holds of this person is deleted, and the key that opens it is destroyed. This{" "}
        <strong>cannot be undone</strong>, by you or by us.
      </p>
      {preview.problem !== undefined && (
        <ProblemNotice
          problem={preview.problem}
          action={
            <Button size="xs" variant="default" onClick={preview.reload}>
              Try again
            </Button>
          }
        />
      )}
      {preview.data === undefined && preview.problem === undefined && (
        <div style={{ display: "grid", gap: 8 }} aria-hidden="true">
          <Skeleton height={15} width={120} />
          <Skeleton height={230} />
          <Skeleton height={24} width={260} mt={10} />
          <Skeleton height={24} width={200} />
        </div>
      )}
      {preview.data !== undefined && <ErasePreview preview={preview.data} />}
      <Textarea
        label="Reason"
        description="Kept with the request while it runs. For example: asked by e-mail on 3 May."
        autosize
        minRows={2}
        maxLength={500}
        required
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <TextInput
        label={
          <>
            Type <strong className="mono">{expected}</strong> to confirm
          </>
        }
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {problem}
      <div className="dialog-actions">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          color="red"
          loading={isPending}
          disabled={!isConfirmed || reason.trim() === "" || preview.data === undefined}
        >
          Erase this person
        </Button>
      </div>
    </form>
  );
}

function Going({ jobId, onClose }: { jobId: string; onClose(): void }) {
  const { job, problem } = useJob(jobId);
  return (
    <div className="dialog">
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {job === undefined && problem === undefined && <Skeleton height={380} />}
      {job !== undefined && <JobProgress job={job} />}
      <div className="dialog-actions">
        <span className="small soft" style={{ flex: "1 1 220px", alignSelf: "center" }}>
          You can close this; the erasure goes on by itself.
        </span>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}
