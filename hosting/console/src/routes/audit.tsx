import "./audit.css";
import { Button, Select, Tooltip } from "@mantine/core";
import { IconListDetails, IconLock } from "@tabler/icons-react";
import { Fragment, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { getLogExtent, listAudit } from "../api/audit.ts";
import type { AuditEntry, AuditParty } from "../api/privacy-shapes.ts";
import { listMembers } from "../api/team.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { Notice } from "../components/notice.tsx";
import { Page } from "../components/page.tsx";
import { LoadMore, RowsPlaceholder } from "../components/rows.tsx";
import { Tag } from "../components/tag.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useLoad } from "../hooks/use-load.ts";
import { usePages } from "../hooks/use-pages.ts";
import { filterChoices, metadataLines, partyName, prunedSentence, reasonOf, sentenceOf } from "../words/audit.ts";
import { visitorName } from "../words/things.ts";
import { clockTime, dayOf } from "../words/time.ts";

/** Who did what, when: entries that cannot be changed unnoticed. */
export function Audit() {
  const { api } = useApp();
  const { can } = useSession();
  const [query, setQuery] = useSearchParams();
  const [action, setAction] = useState(filterChoices.find(({ value }) => value === query.get("action"))?.value);
  const subjectId = query.get("person") ?? undefined;
  const filter = { ...(action === undefined ? {} : { action }), ...(subjectId === undefined ? {} : { subjectId }) };
  const pages = usePages(
    `audit/${JSON.stringify(filter)}`,
    (cursor, signal) => listAudit(api, filter, cursor, signal),
    (entry) => entry.entryId,
    { keep: false },
  );
  const team = useLoad("members", async (signal) => (can("team:read") ? listMembers(api, signal) : []));
  const extent = useLoad("audit-log", (signal) => getLogExtent(api, signal));
  const memberNames = new Map((team.data ?? []).map((member) => [member.uid, member.name]));
  const { items, problem } = pages;
  return (
    <Page
      title="Audit trail"
      lead="Every change and every look at personal data, in a log that cannot be rewritten unnoticed. Reading it is recorded too."
      actions={
        <div className="trail-filter">
          <Select
            aria-label="Show only"
            placeholder="Everything"
            clearable
            clearButtonProps={{ "aria-label": "Show everything" }}
            searchable
            w={250}
            data={filterChoices}
            value={action ?? null}
            onChange={(value) => setAction(filterChoices.find((choice) => choice.value === value)?.value)}
          />
        </div>
      }
    >
      {subjectId !== undefined && (
        <div style={{ marginBottom: 20 }}>
          <Notice
            tone="quiet"
            action={
              <Button size="xs" variant="default" onClick={() => setQuery({})}>
                Show everybody
              </Button>
            }
          >
            Only what concerns {visitorName(subjectId)}.
          </Notice>
        </div>
      )}
      <LoadProblem loaded={pages} />
      {items === undefined && problem === undefined && <RowsPlaceholder rows={8} />}
      {items !== undefined && items.length === 0 && (
        <div className="card">
          <EmptyState icon={IconListDetails} title="Nothing of this kind">
            Choose another kind of entry, or show everything.
          </EmptyState>
        </div>
      )}
      {items !== undefined && <Days entries={items} memberNames={memberNames} />}
      <LoadMore pages={pages} />
      {extent.data?.pruned !== undefined && (
        <div style={{ marginTop: 20 }}>
          <Notice tone="quiet">{prunedSentence(extent.data.pruned)}</Notice>
        </div>
      )}
    </Page>
  );
}

type Names = ReadonlyMap<string, string>;

function Days({ entries, memberNames }: { entries: readonly AuditEntry[]; memberNames: Names }) {
  const days = Map.groupBy(entries, (entry) => dayOf(new Date(entry.occurredAt)));
  return [...days].map(([day, ofDay], index) => (
    <Fragment key={day}>
      <h2 className="trail-day" style={index === 0 ? { paddingTop: 0 } : undefined}>
        {day}
      </h2>
      <div className="card">
        <ol className="trail" aria-label={`Entries of ${day}`}>
          {ofDay.map((entry) => (
            <Entry key={entry.entryId} entry={entry} memberNames={memberNames} />
          ))}
        </ol>
      </div>
    </Fragment>
  ));
}

function Entry({ entry, memberNames }: { entry: AuditEntry; memberNames: Names }) {
  const metadata = metadataLines(entry);
  const reason = reasonOf(entry);
  return (
    <li className="trail-entry">
      <time className="trail-time numbers" dateTime={entry.occurredAt} title={entry.occurredAt}>
        {clockTime(new Date(entry.occurredAt))}
      </time>
      <div className="trail-text">
        <Party party={entry.actor} memberNames={memberNames} isActor />{" "}
        {sentenceOf(entry).map((piece, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one sentence never change places
          <Fragment key={index}>
            {"text" in piece ? piece.text : <Party party={piece.party} memberNames={memberNames} />}
          </Fragment>
        ))}
        . {entry.outcome === "refused" && <Tag tone="warn">Refused</Tag>}
        {entry.outcome === "failed" && <Tag tone="danger">Failed</Tag>}
        {reason !== undefined && (
          <div className="trail-more">
            {reason === "gone" ? "The reason went with the person." : <>Reason: “{reason.text}”</>}
          </div>
        )}
        {metadata.length > 0 && <div className="trail-more">{metadata.join(" · ")}</div>}
      </div>
      <LogPlace entry={entry} />
    </li>
  );
}

function LogPlace({ entry }: { entry: AuditEntry }) {
  if (!entry.sequenced || entry.index === undefined) {
    return (
      <Tooltip label="Waits for the log; within a minute it cannot be changed unnoticed any more">
        <span className="trail-index">waiting</span>
      </Tooltip>
    );
  }
  return (
    <Tooltip label={`Entry ${entry.index} of the log`}>
      <span className="trail-index numbers">
        <IconLock size={12} stroke={1.8} aria-hidden="true" style={{ verticalAlign: "-1px" }} /> {entry.index}
      </span>
    </Tooltip>
  );
}

function Party(props: { party: AuditParty; memberNames: Names; isActor?: boolean }) {
  const { party, memberNames, isActor = false } = props;
  const { can } = useSession();
  const words = partyName(party, memberNames);
  const name = isActor ? words.charAt(0).toUpperCase() + words.slice(1) : words;
  if (party.erased === true) return <span className="trail-erased">{name}</span>;
  const isPerson = party.kind === "subject" || party.kind === "data-subject";
  if (isPerson && party.id !== undefined && can("subjects:read")) {
    return (
      <Link className="link" to={`/people/${party.id}`}>
        {name}
      </Link>
    );
  }
  return isActor ? <strong>{name}</strong> : name;
}
