import { IconDownload } from "@tabler/icons-react";
import { Link } from "react-router";
import { listExports } from "../api/privacy.ts";
import type { Export } from "../api/shapes.ts";
import { AccountExport } from "../components/account-export.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";
import { PagedRows } from "../components/rows.tsx";
import { ExportLink } from "../components/started-export.tsx";
import { Tag, type Tone } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useWhenJobsEnd } from "../hooks/use-job.ts";
import { usePages } from "../hooks/use-pages.ts";
import { humanize, sizeText, visitorName } from "../words/things.ts";
import { dayOf } from "../words/time.ts";

const states: Readonly<Record<string, { title: string; tone: Tone }>> = {
  building: { title: "Being made", tone: "active" },
  ready: { title: "Ready", tone: "good" },
  withdrawn: { title: "Deleted: somebody in it was erased", tone: "plain" },
  expired: { title: "Deleted after 7 days", tone: "plain" },
  failed: { title: "Failed", tone: "danger" },
};

/** Exports made, and the way to their files. */
export function Exports() {
  const { api } = useApp();
  const { can } = useSession();
  const pages = usePages(
    "exports",
    (cursor, signal) => listExports(api, cursor, signal),
    (entry) => entry.exportId,
  );
  return (
    <Page
      title="Exports"
      lead="Files are kept for 7 days, and deleted at once when their person is erased. A link works for 15 minutes; issuing it is recorded."
      actions={can("exports:account") ? <AccountExport onStarted={pages.reload} /> : undefined}
    >
      {can("jobs:read") && <FollowExports exports={pages.items} onFinished={pages.reload} />}
      <PagedRows
        label="Exports"
        pages={pages}
        keyOf={(entry) => entry.exportId}
        row={(entry) => <ExportRow entry={entry} />}
        empty={
          <EmptyState icon={IconDownload} title="No exports yet">
            Open a person, choose Export, and hand over what you hold of them as one JSON file or as a signed bag.
          </EmptyState>
        }
      />
    </Page>
  );
}

/** Asks for the list again when the job of an export that is being made ends. */
function FollowExports(props: { exports: readonly Export[] | undefined; onFinished(): void }) {
  const building = (props.exports ?? []).filter((entry) => entry.state === "building").map((entry) => entry.jobId);
  useWhenJobsEnd(building, props.onFinished);
  return null;
}

function ExportRow({ entry }: { entry: Export }) {
  const state = states[entry.state] ?? { title: humanize(entry.state), tone: "plain" as const };
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">
          {entry.subjectId === undefined ? (
            "Whole account"
          ) : (
            <Link className="link" to={`/people/${entry.subjectId}`}>
              {visitorName(entry.subjectId)}
            </Link>
          )}
          <Tag tone={state.tone} hasDot={state.tone === "active"}>
            {state.title}
          </Tag>
        </div>
        <div className="row-detail">
          {entry.format === "json" ? "One JSON file" : "Signed bag"}
          {entry.sizeBytes !== undefined && ` · ${sizeText(entry.sizeBytes)}`}
          {entry.state === "ready" && ` · kept until ${dayOf(new Date(entry.expiresAt))}`}
        </div>
      </div>
      <div className="row-aside">
        <When at={entry.createdAt} />
        {entry.state === "ready" && <ExportLink exportId={entry.exportId} size="xs" />}
      </div>
    </div>
  );
}
