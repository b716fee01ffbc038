import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { ApiProblem } from "../api/problem.ts";
import { Dialog } from "./dialog.tsx";
import { ProblemNotice } from "./problem-notice.tsx";

/** Asks before something that other people will notice. */
export function ConfirmDialog(props: {
  title: string;
  children: ReactNode;
  confirm: string;
  isDangerous?: boolean;
  isPending: boolean;
  problem: ApiProblem | undefined;
  onConfirm(): void;
  onClose(): void;
}) {
  const { title, children, confirm, isDangerous = false, isPending, problem, onConfirm, onClose } = props;
  return (
    <Dialog onClose={onClose} title={title}>
      <div style={{ display: "grid", gap: 20 }}>
        <div>{children}</div>
        {problem !== undefined && <ProblemNotice problem={problem} />}
        <div className="dialog-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button {...(isDangerous ? { color: "red" } : {})} loading={isPending} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
