import "./dialog.css";
import { Button, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { ApiProblem } from "../api/problem.ts";
import { useAction } from "../hooks/use-action.ts";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

/**
 * Asks what is needed for an act that stands in the audit trail, does it, and closes.
 *
 * @param props.reason - how the reason is asked for; absent where none is needed.
 * @param props.isReady - whether the dialog's own fields are filled in.
 * @param props.explain - a failure in words that the dialog knows better, `beside` when a field says it already.
 */
export function ActDialog(props: {
  title: string;
  size?: number;
  reason?: { label: string; description?: string };
  confirm: string;
  isDangerous?: boolean;
  isReady?: boolean;
  children: ReactNode;
  explain?(problem: ApiProblem): { says: string; todo: string } | "beside" | undefined;
  act(reason: string): Promise<void>;
  onClose(): void;
}) {
  const { title, size = 560, reason, confirm, isDangerous = false, isReady = true, children, act, onClose } = props;
  const { explain = () => undefined } = props;
  const [text, setText] = useState("");
  const run = useAction(async () => {
    await act(text.trim());
    onClose();
  });
  const explanation = run.problem === undefined ? undefined : explain(run.problem);
  const hasReason = reason === undefined || text.trim().length >= 3;
  return (
    <Dialog title={title} size={size} onClose={onClose}>
      <form
        className="dialog"
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady && hasReason) run.run();
        }}
      >
        {children}
        {reason !== undefined && (
          <Textarea
            label={reason.label}
            description={reason.description}
            autosize
            minRows={2}
            maxLength={500}
            required
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        )}
        {run.problem !== undefined && explanation !== "beside" && (
          <ProblemNotice problem={run.problem} {...explanation} />
        )}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            loading={run.isPending}
            disabled={!isReady || !hasReason}
            {...(isDangerous ? { color: "red" } : {})}
          >
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
