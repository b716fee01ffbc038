import { Button, Skeleton, Textarea } from "@mantine/core";
import { useState } from "react";
import { approveDocument, type OpenDocument, readDocumentText, uploadDocument } from "../api/knowledge.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction, useIntentKey } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { hasWords } from "../words/text-file.ts";
import { LoadProblem } from "./load-problem.tsx";
import { Section } from "./page.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { saySaved } from "./saved.ts";

/** The most that the API takes of a text that was saved from a conversation. */
const longestAnswer = 20_000;

/** A document's text, read and recorded when it is shown, and the way to put another in its place. */
export function DocumentText({ opened, onSaved }: { opened: OpenDocument; onSaved(): void }) {
  const { document, review } = opened;
  const { documentId, version } = document;
  const { api } = useApp();
  const text = useLoad(`text/${documentId}/${version}`, (signal) => readDocumentText(api, documentId, signal), {
    keep: false,
  });
  const [isEditing, setEditing] = useState(review !== undefined);
  const isReady = text.data !== undefined && document.state !== "deleting";
  return (
    <Section
      title="Text"
      lead="That you read it is recorded."
      aside={
        isReady &&
        !isEditing && (
          <Button size="xs" variant="default" onClick={() => setEditing(true)}>
            Edit
          </Button>
        )
      }
    >
      <LoadProblem loaded={text} />
      {text.data === undefined && text.problem === undefined && <Skeleton height={220} className="after-a-while" />}
      {text.data !== undefined && !(isEditing && isReady) && (
        <div className="card card-body document-text">{text.data}</div>
      )}
      {text.data !== undefined && isEditing && isReady && (
        <Editor
          opened={opened}
          text={text.data}
          onSaved={() => {
            setEditing(false);
            onSaved();
          }}
          onCancel={() => setEditing(false)}
        />
      )}
    </Section>
  );
}

function Editor(props: { opened: OpenDocument; text: string; onSaved(): void; onCancel(): void }) {
  const { opened, text, onSaved, onCancel } = props;
  const { document, review } = opened;
  const { documentId, fileName, contentType, fromChat } = document;
  const { api } = useApp();
  const [draft, setDraft] = useState(text);
  const intent = useIntentKey();
  const save = useAction(async () => {
    if (fromChat) await approveDocument(api, documentId, draft, intent.key);
    else await uploadDocument(api, { fileName, contentType, text: draft }, intent.key);
    saySaved(
      review === undefined
        ? "Saved. The agent answers from it within moments."
        : "Approved. The agent answers from it within moments.",
    );
    onSaved();
  });
  const isSame = draft === text && review === undefined;
  return (
    <form
      className="dialog"
      onSubmit={(event) => {
        event.preventDefault();
        save.run();
      }}
    >
      <Textarea
        aria-label="Text"
        description={
          fromChat
            ? "Leave out everything personal. What you save is the business's own: no person stands as its source any more."
            : "The first heading is the title that visitors see."
        }
        autosize
        minRows={8}
        maxRows={26}
        {...(fromChat ? { maxLength: longestAnswer } : {})}
        value={draft}
        onChange={(event) => {
          setDraft(event.currentTarget.value);
          intent.renew();
        }}
      />
      {save.problem !== undefined && <ProblemNotice problem={save.problem} />}
      <div className="form-actions">
        <Button type="submit" loading={save.isPending} disabled={!hasWords(draft) || isSame}>
          {review === undefined ? "Save" : "Approve this text"}
        </Button>
        <Button variant="default" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </form>
  );
}
