import "./documents.css";
import { Button } from "@mantine/core";
import { IconFileOff, IconTrash } from "@tabler/icons-react";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { type OpenDocument, type ReviewReason, readDocument } from "../api/knowledge.ts";
import { DeleteDocument } from "../components/delete-document.tsx";
import { DocumentTag } from "../components/document-state.tsx";
import { DocumentText } from "../components/document-text.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { Notice } from "../components/notice.tsx";
import { Page } from "../components/page.tsx";
import { RowsPlaceholder } from "../components/rows.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useLiveJobs, useWhenJobsEnd } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { failureWords } from "../words/jobs.ts";
import { count, sizeText } from "../words/things.ts";

const back = { to: "/documents", title: "Documents" };

/** One document: whether it is in use, its text, and, where it waits for review, why. */
export function DocumentPage() {
  const { documentId = "" } = useParams();
  const { api } = useApp();
  const { can } = useSession();
  const opened = useLoad(`document/${documentId}`, (signal) => readDocument(api, documentId, signal));
  const { data } = opened;
  if (opened.problem?.code === "not-found") {
    return (
      <Page title="Deleted document" back={back}>
        <div className="card">
          <EmptyState icon={IconFileOff} title="This document is not here">
            It was deleted, or the link is incomplete. Answers already given keep its title.
          </EmptyState>
        </div>
      </Page>
    );
  }
  if (data === undefined) {
    return (
      <Page title="Document" back={back}>
        {opened.problem === undefined ? <RowsPlaceholder rows={3} /> : <LoadProblem loaded={opened} />}
      </Page>
    );
  }
  return (
    <Page
      title={data.document.title}
      back={back}
      lead={<StateOf opened={data} />}
      actions={can("knowledge:write") && data.document.state !== "deleting" && <Delete opened={data} />}
    >
      {can("jobs:read") && isChanging(data.document) && <FollowJob jobId={data.document.jobId} onEnd={opened.reload} />}
      {data.review !== undefined && <WhyReview reason={data.review} />}
      <div className="card card-body">
        <Facts opened={data} />
      </div>
      {can("knowledge:write") && (
        <DocumentText
          key={`${documentId}/${data.document.version}/${data.review}`}
          opened={data}
          onSaved={opened.reload}
        />
      )}
    </Page>
  );
}

function StateOf({ opened }: { opened: OpenDocument }) {
  const { document, review } = opened;
  const { jobs } = useLiveJobs();
  const failure = jobs.find(({ jobId, state }) => jobId === document.jobId && state === "failed");
  return (
    <>
      <DocumentTag state={document.state} hasFailed={failure !== undefined} needsReview={review !== undefined} />
      {failure !== undefined && <p className="small soft">{failureWords(failure)}</p>}
    </>
  );
}

function isChanging({ state, version, liveVersion }: OpenDocument["document"]): boolean {
  return state === "processing" || state === "deleting" || (state === "ready" && version !== liveVersion);
}

/** Asks again when the job that works on the document ends. */
function FollowJob({ jobId, onEnd }: { jobId: string; onEnd(): void }) {
  useWhenJobsEnd([jobId], onEnd);
  return null;
}

const reasons: Readonly<Record<ReviewReason, { title: string; text: string }>> = {
  erased: {
    title: "The person this was saved from is erased",
    text: "Nobody is answered from it. Take out whatever tells of them and approve the rest, or delete it.",
  },
  restricted: {
    title: "The use of this person's data is restricted",
    text: "Nobody is answered from it until that ends. Take out whatever tells of them and approve the rest, and it is in use again.",
  },
};

function WhyReview({ reason }: { reason: ReviewReason }) {
  const { title, text } = reasons[reason];
  return (
    <div className="document-review">
      <Notice tone="warn" title={title}>
        {text}
      </Notice>
    </div>
  );
}

function Facts({ opened }: { opened: OpenDocument }) {
  const { fileName, sizeBytes, version, liveVersion, chunkCount, fromChat, createdAt, updatedAt } = opened.document;
  return (
    <dl className="facts">
      <dt>File name</dt>
      <dd>
        {fileName} <span className="soft">· {sizeText(sizeBytes)}</span>
      </dd>
      <dt>Version</dt>
      <dd className="numbers">
        {version}
        {liveVersion !== version && (
          <span className="soft"> · {liveVersion === 0 ? "none in use yet" : `version ${liveVersion} is in use`}</span>
        )}
      </dd>
      <dt>Passages</dt>
      <dd>{count(chunkCount, "passage")} that answers are made from</dd>
      {fromChat && (
        <>
          <dt>From</dt>
          <dd>Saved from a conversation</dd>
        </>
      )}
      <dt>Added</dt>
      <dd>
        <When at={createdAt} full />
      </dd>
      <dt>Changed</dt>
      <dd>
        <When at={updatedAt} full />
      </dd>
    </dl>
  );
}

function Delete({ opened }: { opened: OpenDocument }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  return (
    <>
      <Button
        variant="default"
        className="danger-button"
        leftSection={<IconTrash size={17} stroke={1.7} />}
        onClick={() => setAsking(true)}
      >
        Delete
      </Button>
      {isAsking && (
        <DeleteDocument
          document={opened.document}
          onDeleted={() => void navigate("/documents")}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
