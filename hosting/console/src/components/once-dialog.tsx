import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import { CopyText } from "./copy-text.tsx";
import { Dialog } from "./dialog.tsx";
import { Notice } from "./notice.tsx";

/** Shows a secret that nobody can show again; it is left only by the button. */
export function OnceDialog(props: {
  title: string;
  label: string;
  secret: string;
  /** What is kept of it. */
  kept?: string;
  children: ReactNode;
  onClose(): void;
}) {
  const { title, label, secret, kept = "We keep only what is needed to check it.", children, onClose } = props;
  return (
    <Dialog onClose={onClose} title={title} mayLeave={false}>
      <div className="dialog">
        <p>{children}</p>
        <CopyText isBlock label={label} text={secret} />
        <Notice tone="warn">It is shown this once. {kept}</Notice>
        <div className="dialog-actions">
          <Button onClick={onClose}>I have copied it</Button>
        </div>
      </div>
    </Dialog>
  );
}
