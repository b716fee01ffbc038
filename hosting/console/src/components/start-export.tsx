import { Button, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { StartedExport } from "./started-export.tsx";

/**
 * Asks why something is exported, starts it, and shows how it goes.
 *
 * @param props.children - what is said, or asked besides, before the reason.
 */
export function StartExport(props: {
  title: string;
  children: ReactNode;
  start(reason: string, idempotencyKey: string): Promise<{ exportId: string; jobId: string }>;
  onClose(): void;
}) {
  const { title, children, start, onClose } = props;
  const [reason, setReason] = useState("");
  const [started, setStarted] = useState<{ exportId: string; jobId: string }>();
  const intent = useIntentKey();
  const run = useAction(async () => setStarted(await start(reason.trim(), intent.key)));
  return (
    <Dialog onClose={onClose} size={560} title={title}>
      {started !== undefined ? (
        <StartedExport {...started} onClose={onClose} />
      ) : (
        <form
          className="dialog"
          onChange={intent.renew}
          onSubmit={(event) => {
            event.preventDefault();
            run.run();
          }}
        >
          {children}
          <Textarea
            label="Reason"
            description="For example: asked by e-mail on 3 May. That you start it is recorded with your name."
            autosize
            minRows={2}
            maxLength={500}
            required
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {run.problem !== undefined && <ProblemNotice problem={run.problem} />}
          <div className="dialog-actions">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={run.isPending} disabled={reason.trim().length < 3}>
              Start export
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
