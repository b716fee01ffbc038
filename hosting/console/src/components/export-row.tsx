import "./rows.css";
import { Link } from "react-router";
import type { Export } from "../api/privacy-shapes.ts";
import { useSession } from "../hooks/app.tsx";
import { useWhenJobsEnd } from "../hooks/use-job.ts";
import { humanize, sizeText, visitorName } from "../words/things.ts";
import { dayOf } from "../words/time.ts";
import { ExportLink } from "./started-export.tsx";
import { Tag, type Tone } from "./tag.tsx";
import { When } from "./when.tsx";

const states: Readonly<Record<string, { title: string; tone: Tone }>> = {
  building: { title: "Being made", tone: "active" },
  ready: { title: "Ready", tone: "good" },
  withdrawn: { title: "Deleted: somebody in it was erased", tone: "plain" },
  expired: { title: "Deleted after 7 days", tone: "plain" },
  failed: { title: "Failed", tone: "danger" },
};

/** An export: of whom, how it stands, and its file while there is one. */
export function ExportRow({ entry }: { entry: Export }) {
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

/** Asks for the list again when the job of an export that is being made ends. */
export function FollowExports(props: { exports: readonly Export[] | undefined; onFinished(): void }) {
  const { can } = useSession();
  return can("jobs:read") ? <Follow {...props} /> : null;
}

function Follow({ exports, onFinished }: { exports: readonly Export[] | undefined; onFinished(): void }) {
  const building = (exports ?? []).filter((entry) => entry.state === "building").map((entry) => entry.jobId);
  useWhenJobsEnd(building, onFinished);
  return null;
}
