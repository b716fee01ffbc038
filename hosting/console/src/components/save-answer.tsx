import { Button, Textarea, TextInput } from "@mantine/core";
import { IconBookmarkPlus } from "@tabler/icons-react";
import { useState } from "react";
import { saveAnswer } from "../api/knowledge.ts";
import type { Answer } from "../api/shapes.ts";
import { useApp } from "../hooks/app.tsx";
import { useIntentKey } from "../hooks/use-action.ts";
import { ActDialog } from "./act-dialog.tsx";
import { saySaved } from "./saved.ts";

/**
 * The way from an answer, or from a question without one, to a document.
 *
 * @param props.answer - what the AI answered; absent where it could not.
 */
export function SaveAnswer(props: { conversationId: string; answer: Answer | undefined }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="turn-act">
      <Button
        size="compact-sm"
        variant="subtle"
        color="gray"
        className="quiet-button"
        leftSection={<IconBookmarkPlus size={15} stroke={1.7} />}
        onClick={() => setOpen(true)}
      >
        {props.answer?.outcome === "answered" ? "Save as answer" : "Write an answer"}
      </Button>
      {isOpen && <SaveAnswerDialog {...props} onClose={() => setOpen(false)} />}
    </div>
  );
}

function SaveAnswerDialog(props: { conversationId: string; answer: Answer | undefined; onClose(): void }) {
  const { conversationId, answer, onClose } = props;
  const { api } = useApp();
  const [title, setTitle] = useState("");
  const [text, setText] = useState(answer?.outcome === "answered" ? answer.answer : "");
  const intent = useIntentKey();
  return (
    <ActDialog
      title="Save as an answer"
      size={640}
      confirm="Save answer"
      isReady={title.trim() !== "" && text.trim() !== ""}
      onClose={onClose}
      act={async () => {
        await saveAnswer(api, conversationId, { title: title.trim(), text: text.trim() }, intent.key);
        saySaved(`“${title.trim()}” is a document. The agent answers from it within moments.`);
      }}
    >
      <p className="soft">
        Becomes a document that the agent answers every visitor from. Leave out what is personal. This person stands as
        its source: while they are restricted, and once they are erased, nobody is answered from it until you have
        reviewed it.
      </p>
      <TextInput
        label="Title"
        description="What it is about. Visitors see it where an answer says what it is from."
        required
        maxLength={200}
        value={title}
        onChange={(event) => {
          setTitle(event.currentTarget.value);
          intent.renew();
        }}
      />
      <Textarea
        label="Answer"
        description="Plain text or Markdown."
        required
        autosize
        minRows={6}
        maxRows={14}
        maxLength={20_000}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          intent.renew();
        }}
      />
    </ActDialog>
  );
}
