import { Button, Skeleton, Textarea, TextInput } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { isActive } from "../api/live-jobs.ts";
import { previewErasure, requestErasure } from "../api/privacy.ts";
import type { ErasureTarget } from "../api/privacy-shapes.ts";
import type { Subject } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useJob } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { confirmationOf, personName } from "../words/things.ts";
import { Dialog } from "./dialog.tsx";
import { ErasePreview, KeptWhole } from "./erase-preview.tsx";
import { JobProgress } from "./job-progress.tsx";
import { LoadProblem } from "./load-problem.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

/** One conversation or one lead of a person; the rest of the person stays. */
export type ErasedPart = { conversationId: string } | { leadId: string };

/**
 * Shows what an erasure would do, asks why and for the address in letters, starts it, and shows how it goes.
 *
 * @param props.part - what alone is to be erased; absent for the person.
 */
export function EraseDialog(props: { subject: Subject; part?: ErasedPart; onStarted(): void; onClose(): void }) {
  const { subject, part, onStarted, onClose } = props;
  const target: ErasureTarget = { subjectId: subject.subjectId, ...part };
  const what = part === undefined ? personName(subject) : "conversationId" in part ? "this conversation" : "this lead";
  const { api, cache } = useApp();
  const [jobId, setJobId] = useState<string>();
  const intent = useIntentKey();
  const erase = useAction(async (reason: string) => {
    const started = await requestErasure(api, target, reason, intent.key);
    // Nothing of this person may come back on the screen from memory.
    cache.forget();
    setJobId(started.jobId);
    onStarted();
  });
  return (
    <Dialog
      onClose={onClose}
      size={660}
      title={jobId === undefined ? `Erase ${what}` : "Erasing"}
      closesOutside={jobId !== undefined}
    >
      {jobId === undefined ? (
        <Decision
          target={target}
          expected={part === undefined ? confirmationOf(subject) : "erase"}
          isPending={erase.isPending}
          problem={erase.problem === undefined ? null : <ProblemNotice problem={erase.problem} />}
          onErase={erase.run}
          onClose={onClose}
        />
      ) : (
        <Going jobId={jobId} onClose={onClose} />
      )}
    </Dialog>
  );
}

function Decision(props: {
  target: ErasureTarget;
  /** What has to be typed. */
  expected: string;
  isPending: boolean;
  problem: ReactNode;
  onErase(reason: string): void;
  onClose(): void;
}) {
  const { target, expected, isPending, problem, onErase, onClose } = props;
  const isPerson = target.conversationId === undefined && target.leadId === undefined;
  const { api } = useApp();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const preview = useLoad(`preview/${JSON.stringify(target)}`, (signal) => previewErasure(api, target, signal), {
    keep: false,
  });
  if (preview.data !== undefined && !isPerson && preview.data.heldItems.length > 0) {
    return (
      <div className="dialog">
        <KeptWhole heldItems={preview.data.heldItems} />
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </div>
      </div>
    );
  }
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
        {isPerson
          ? "What Lethe holds of this person is deleted, and the key that opens it is destroyed; what stays, and until when, is said below. This "
          : "This alone is deleted; the rest of the person stays. It "}
        <strong>cannot be undone</strong>, by you or by us.
      </p>
      <LoadProblem loaded={preview} />
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
        description="Sealed with the request, and gone with the person. For example: asked by e-mail on 3 May."
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
      <div className="dialog-actions dialog-foot">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button
          type="submit"
          color="red"
          loading={isPending}
          disabled={!isConfirmed || reason.trim().length < 3 || preview.data === undefined}
        >
          {isPerson ? "Erase this person" : "Erase"}
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
          {job === undefined || isActive(job) ? "You can close this; the erasure goes on by itself." : ""}
        </span>
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}
