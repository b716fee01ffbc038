import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconBook2, IconPlus, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { deleteDocument, listDocuments } from "../api/knowledge.ts";
import type { KnowledgeDocument } from "../api/shapes.ts";
import { ConfirmDialog } from "../components/confirm-dialog.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";
import { PagedRows } from "../components/rows.tsx";
import { Tag, type Tone } from "../components/tag.tsx";
import { UploadDialog } from "../components/upload-dialog.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { useLiveJobs, useWhenJobsEnd } from "../hooks/use-job.ts";
import { usePages } from "../hooks/use-pages.ts";
import { failureWords } from "../words/jobs.ts";
import { humanize, sizeText } from "../words/things.ts";

const states: Readonly<Record<string, { title: string; tone: Tone }>> = {
  processing: { title: "Being read", tone: "active" },
  ready: { title: "In use", tone: "good" },
  failed: { title: "Failed", tone: "danger" },
  deleting: { title: "Being deleted", tone: "plain" },
};

/** What the agent answers from. */
export function Documents() {
  const { api } = useApp();
  const { can } = useSession();
  const [isUploading, setUploading] = useState(false);
  const pages = usePages(
    "documents",
    (cursor, signal) => listDocuments(api, cursor, signal),
    (document) => document.documentId,
  );
  const upload = can("knowledge:write") && (
    <Button leftSection={<IconPlus size={17} stroke={1.8} />} onClick={() => setUploading(true)}>
      Add document
    </Button>
  );
  return (
    <Page
      title="Documents"
      lead="The agent answers from these, and says which one it used. What is not in them it does not know."
      actions={upload || undefined}
    >
      {can("jobs:read") && <FollowIngestion documents={pages.items} onFinished={pages.reload} />}
      <PagedRows
        label="Documents"
        pages={pages}
        keyOf={(document) => document.documentId}
        row={(document) => <DocumentRow document={document} onDeleted={pages.reload} />}
        empty={
          <EmptyState icon={IconBook2} title="Nothing to answer from yet" action={upload || undefined}>
            Add your opening hours, prices, terms: anything visitors ask about, as text or Markdown. Without documents
            the agent says that it does not know and offers a person.
          </EmptyState>
        }
      />
      {isUploading && (
        <UploadDialog
          knownNames={(pages.items ?? []).map((document) => document.fileName)}
          onClose={() => setUploading(false)}
          onUploaded={() => {
            setUploading(false);
            pages.reload();
          }}
        />
      )}
    </Page>
  );
}

/** Asks for the list again when a job that works on one of its documents ends. */
function FollowIngestion(props: { documents: readonly KnowledgeDocument[] | undefined; onFinished(): void }) {
  const waiting = (props.documents ?? []).filter(({ state }) => state === "processing" || state === "deleting");
  useWhenJobsEnd(
    waiting.map((document) => document.jobId),
    props.onFinished,
  );
  return null;
}

function DocumentRow({ document, onDeleted }: { document: KnowledgeDocument; onDeleted(): void }) {
  const { api } = useApp();
  const { can } = useSession();
  const { jobs } = useLiveJobs();
  const [isAsking, setAsking] = useState(false);
  const remove = useAction(async () => {
    await deleteDocument(api, document.documentId);
    setAsking(false);
    notifications.show({ message: `“${document.title}” is being deleted.` });
    onDeleted();
  });
  const state = states[document.state] ?? { title: humanize(document.state), tone: "plain" as const };
  const failure = jobs.find((job) => job.jobId === document.jobId && job.state === "failed");
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">
          <span className="clip">{document.title}</span>
          <Tag tone={failure === undefined ? state.tone : "danger"} hasDot={state.tone === "active"}>
            {failure === undefined ? state.title : "Failed"}
          </Tag>
        </div>
        <div className="row-detail">
          {failure === undefined ? `${document.fileName} · ${sizeText(document.sizeBytes)}` : failureWords(failure)}
        </div>
      </div>
      <div className="row-aside">
        <When at={document.createdAt} />
        {can("knowledge:write") && (
          <Tooltip label="Delete">
            <ActionIcon
              variant="subtle"
              color="gray"
              size="lg"
              aria-label={`Delete ${document.title}`}
              onClick={() => setAsking(true)}
            >
              <IconTrash size={17} stroke={1.6} />
            </ActionIcon>
          </Tooltip>
        )}
      </div>
      {isAsking && (
        <ConfirmDialog
          title="Delete this document?"
          confirm="Delete document"
          isDangerous
          isPending={remove.isPending}
          problem={remove.problem}
          onConfirm={() => remove.run()}
          onClose={() => setAsking(false)}
        >
          The agent stops answering from “{document.title}” at once. Answers already given keep its title.
        </ConfirmDialog>
      )}
    </div>
  );
}
