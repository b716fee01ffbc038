import { Button } from "@mantine/core";
import { IconAddressBook } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "react-router";
import { changeLead, listLeads } from "../api/leads.ts";
import type { Lead } from "../api/shapes.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { Page } from "../components/page.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { RestrictedLead } from "../components/restricted-text.tsx";
import { PagedRows } from "../components/rows.tsx";
import { Tag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { usePages } from "../hooks/use-pages.ts";
import { visitorName } from "../words/things.ts";

/** Messages that visitors left for a person to answer. */
export function Leads() {
  const { api } = useApp();
  const pages = usePages(
    "leads",
    (cursor, signal) => listLeads(api, cursor, signal),
    (lead) => lead.leadId,
    { keep: false },
  );
  return (
    <Page
      title="Leads"
      lead="What visitors left for a person to answer. Opening this list is recorded in the audit trail."
    >
      <PagedRows
        label="Leads"
        pages={pages}
        keyOf={(lead) => lead.leadId}
        row={(lead) => (
          <LeadRow
            lead={lead}
            onChange={(state) =>
              pages.change((leads) =>
                leads.map((other) => (other.leadId === lead.leadId ? { ...other, state } : other)),
              )
            }
          />
        )}
        empty={
          <EmptyState icon={IconAddressBook} title="No leads yet">
            When the AI does not know an answer it offers a person. What a visitor then leaves, address and message,
            comes here.
          </EmptyState>
        }
      />
    </Page>
  );
}

function LeadRow({ lead: listed, onChange }: { lead: Lead; onChange(state: Lead["state"]): void }) {
  const { api } = useApp();
  const { can } = useSession();
  // Opened for a use of Art. 18(2): on this page alone, until it is left.
  const [opened, setOpened] = useState<Lead>();
  const lead = opened === undefined ? listed : { ...opened, state: listed.state };
  const isRestricted = lead.subjectState === "restricted";
  const next = lead.state === "new" ? "handled" : "new";
  const change = useAction(async () => {
    await changeLead(api, lead.leadId, next);
    onChange(next);
  });
  const name = lead.name ?? lead.email ?? visitorName(lead.subjectId);
  return (
    <div className="row" style={{ alignItems: "flex-start" }}>
      <div className="row-main">
        <div className="row-title">
          <Link className="link clip" to={`/people/${lead.subjectId}`}>
            {name}
          </Link>
          {lead.state === "new" ? (
            <Tag tone="active" hasDot>
              New
            </Tag>
          ) : (
            <Tag>Handled</Tag>
          )}
        </div>
        <div style={{ marginTop: 4, whiteSpace: "pre-wrap", overflowWrap: "anywhere", maxWidth: "68ch" }}>
          {isRestricted && opened === undefined ? (
            <RestrictedLead leadId={lead.leadId} onOpened={setOpened} />
          ) : (
            (lead.message ?? <span className="soft">No message.</span>)
          )}
        </div>
        <div className="row-detail" style={{ marginTop: 6 }}>
          <Contact lead={lead} />
        </div>
        {change.problem !== undefined && <ProblemNotice problem={change.problem} />}
      </div>
      <div className="row-aside">
        <When at={lead.createdAt} />
        {can("leads:write") && !isRestricted && (
          <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.run()}>
            {next === "handled" ? "Mark as handled" : "Mark as new"}
          </Button>
        )}
      </div>
    </div>
  );
}

function Contact({ lead }: { lead: Lead }) {
  return (
    <span style={{ display: "inline-flex", flexWrap: "wrap", gap: "2px 14px" }}>
      {lead.email !== undefined && (
        <a className="link" href={`mailto:${lead.email}`}>
          {lead.email}
        </a>
      )}
      {lead.phone !== undefined && (
        <a className="link" href={`tel:${lead.phone.replaceAll(/[^+\d]/g, "")}`}>
          {lead.phone}
        </a>
      )}
      <Link className="link" to={`/conversations/${lead.conversationId}`}>
        Conversation
      </Link>
    </span>
  );
}
