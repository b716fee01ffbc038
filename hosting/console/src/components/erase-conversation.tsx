import { Button } from "@mantine/core";
import { useState } from "react";
import type { Conversation, Subject } from "../api/shapes.ts";
import { useSession } from "../hooks/app.tsx";
import { EraseDialog } from "./erase-dialog.tsx";

/** Erases this conversation and leaves the person's others. */
export function EraseConversation(props: { subject: Subject; conversation: Conversation; onStarted(): void }) {
  const { subject, conversation, onStarted } = props;
  const { can } = useSession();
  const [isOpen, setOpen] = useState(false);
  const isErasing = conversation.subjectState === "erasing" || subject.state === "erasing";
  return (
    <div>
      {can("erasures:create") && !isErasing && (
        <Button size="xs" variant="subtle" color="gray" className="quiet-button" onClick={() => setOpen(true)}>
          Erase only this conversation
        </Button>
      )}
      {isOpen && (
        <EraseDialog
          subject={subject}
          part={{ conversationId: conversation.conversationId }}
          onStarted={onStarted}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}
