import "./documents.css";
import { Button } from "@mantine/core";
import { IconBook2, IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { listDocuments, listForReview } from "../api/knowledge.ts";
import type { KnowledgeDocument } from "../api/shapes.ts";
import { DocumentTag } from "../components/document-state.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { Notice } from "../components/notice.tsx";
import { Page } from "../components/page.tsx";
import { PagedRows } from "../components/rows.tsx";
import { UploadDialog } from "../components/upload-dialog.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useLiveJobs, useWhenJobsEnd } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { usePages } from "../hooks/use-pages.ts";
import { failureWords } from "../words/jobs.ts";
import { count, sizeText } from "../words/things.ts";

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
      <ForReview />
      <PagedRows
        label="Documents"
        pages={pages}
        keyOf={(document) => document.documentId}
        row={(document) => <DocumentRow document={document} />}
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
          onUploaded={pages.reload}
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

/** A document as a line that leads to it. */
function DocumentRow({ document }: { document: KnowledgeDocument }) {
  const { jobs } = useLiveJobs();
  const failure = jobs.find((job) => job.jobId === document.jobId && job.state === "failed");
  return (
    <Link className="row" to={`/documents/${document.documentId}`}>
      <div className="row-main">
        <div className="row-title">
          <span className="clip">{document.title}</span>
          <DocumentTag state={document.state} hasFailed={failure !== undefined} />
        </div>
        <div className="row-detail">
          {failure === undefined ? `${document.fileName} · ${sizeText(document.sizeBytes)}` : failureWords(failure)}
        </div>
      </div>
      <div className="row-aside">
        <When at={document.updatedAt} />
      </div>
    </Link>
  );
}

/** Documents that nobody is answered from until somebody has looked at them; nothing where there are none. */
function ForReview() {
  const { api } = useApp();
  const review = useLoad("documents-review", (signal) => listForReview(api, signal), { keep: false });
  if (review.data === undefined || review.data.length === 0) return <LoadProblem loaded={review} />;
  return (
    <div className="document-review">
      <Notice
        tone="warn"
        title={`${count(review.data.length, "saved answer")} to review before anybody is answered from it again`}
      >
        <ul className="review-list" aria-label="Documents to review">
          {review.data.map(({ document, reason }) => (
            <li key={document.documentId}>
              <Link className="link" to={`/documents/${document.documentId}`}>
                {document.title}
              </Link>
              <span className="soft">{reason === "erased" ? "its person is erased" : "its person is restricted"}</span>
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}
