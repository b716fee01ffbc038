import "../routes/documents.css";
import { Button, FileButton, Textarea, TextInput } from "@mantine/core";
import { IconFileUpload } from "@tabler/icons-react";
import { type DragEvent, useState } from "react";
import { uploadDocument } from "../api/knowledge.ts";
import { useApp } from "../hooks/app.tsx";
import { useIntentKey } from "../hooks/use-action.ts";
import { hasWords, largestDocumentBytes, readTextFile, titleOf } from "../words/text-file.ts";
import { ActDialog } from "./act-dialog.tsx";
import { Notice } from "./notice.tsx";
import { saySaved } from "./saved.ts";

/**
 * Takes a document from a file or as pasted text.
 *
 * @param props.knownNames - file names that an upload would replace.
 */
export function UploadDialog(props: { knownNames: readonly string[]; onClose(): void; onUploaded(): void }) {
  const { knownNames, onClose, onUploaded } = props;
  const { api } = useApp();
  const [fileName, setFileName] = useState("");
  const [text, setText] = useState("");
  const [refusal, setRefusal] = useState<string>();
  const intent = useIntentKey();
  const name = fileName.trim();
  const title = titleOf(text, name);
  const choose = async (file: File | null) => {
    if (file === null) return;
    const read = await readTextFile(file);
    if ("refusal" in read) {
      setRefusal(read.refusal);
      return;
    }
    setRefusal(undefined);
    setText(read.text);
    setFileName(read.fileName);
    intent.renew();
  };
  const isTooLarge = new Blob([text]).size > largestDocumentBytes;
  return (
    <ActDialog
      title="Add a document"
      size={640}
      confirm="Add document"
      isReady={name !== "" && hasWords(text) && !isTooLarge}
      onClose={onClose}
      act={async () => {
        const contentType = /\.(txt|text)$/i.test(name) ? "text/plain" : "text/markdown";
        await uploadDocument(api, { fileName: name, contentType, text }, intent.key);
        saySaved(`“${title}” is being read. It is in use within moments.`);
        onUploaded();
      }}
    >
      <Drop onFile={(file) => void choose(file)} />
      {refusal !== undefined && (
        <Notice tone="danger" role="alert">
          {refusal}
        </Notice>
      )}
      <TextInput
        label="File name"
        placeholder="opening-hours.md"
        required
        maxLength={200}
        description={
          knownNames.includes(name) ? "There is a document of this name: it will be replaced." : "One document a name."
        }
        value={fileName}
        onChange={(event) => {
          setFileName(event.currentTarget.value);
          intent.renew();
        }}
      />
      <Textarea
        label="Text"
        description={
          hasWords(text) && name !== ""
            ? `Visitors see “${title}” where an answer says what it is from.`
            : "Plain text or Markdown. The first heading is the title that visitors see."
        }
        required
        autosize
        minRows={7}
        maxRows={14}
        value={text}
        error={isTooLarge ? "This is more than 1 MB. Split it into several documents." : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
          intent.renew();
        }}
      />
    </ActDialog>
  );
}

function Drop({ onFile }: { onFile(file: File | null): void }) {
  const [isOver, setOver] = useState(false);
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer.files[0] ?? null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button is the first
    <div
      className="drop"
      {...(isOver ? { "data-over": "" } : {})}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
    >
      <IconFileUpload size={26} stroke={1.4} aria-hidden="true" />
      <span className="small">Drop a .md or .txt file here, or paste its text below</span>
      <FileButton
        onChange={onFile}
        accept=".md,.markdown,.txt,.text,text/plain,text/markdown"
        inputProps={{ "aria-label": "Document file" }}
      >
        {(button) => (
          <Button {...button} size="xs" variant="default">
            Choose file
          </Button>
        )}
      </FileButton>
    </div>
  );
}
