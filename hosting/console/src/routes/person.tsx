import { Button, Skeleton } from "@mantine/core";
import { IconUserOff } from "@tabler/icons-react";
import { useState } from "react";
import { Link, useParams } from "react-router";
import { isActive } from "../api/live-jobs.ts";
import type { Consent, Lead } from "../api/shapes.ts";
import { type PersonFile, readSubject } from "../api/subjects.ts";
import { ConversationLink } from "../components/conversation-link.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { JobRow } from "../components/job-row.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { Notice } from "../components/notice.tsx";
import { Page, Section } from "../components/page.tsx";
import { PersonActions } from "../components/person-actions.tsx";
import { ProfileFacts } from "../components/person-card.tsx";
import { Identifiers, PersonHolds, Processing } from "../components/person-rights.tsx";
import { RectifyDialog } from "../components/rectify-dialogs.tsx";
import { RowsPlaceholder } from "../components/rows.tsx";
import { SubjectTag, Tag } from "../components/tag.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import { useChannelNames } from "../hooks/use-channel-names.ts";
import { useLiveJobs } from "../hooks/use-job.ts";
import { useLoad } from "../hooks/use-load.ts";
import { usePurposeNames } from "../hooks/use-purpose-names.ts";
import { beingErasedText, frozen, leadText, personName } from "../words/things.ts";
import "./conversations.css";

const back = { to: "/people", title: "People" };

/** Everything held of one person, and what can be done for their rights. */
export function Person() {
  const { subjectId = "" } = useParams();
  const { api } = useApp();
  const file = useLoad(`subject/${subjectId}`, (signal) => readSubject(api, subjectId, signal), { keep: false });
  if (file.data !== undefined) {
    const { data } = file;
    return (
      <PersonPage
        key={subjectId}
        file={data}
        onErasing={() =>
          file.change(({ subject }) => ({
            subject: frozen(subject),
            identifiers: [],
            conversations: [],
            leads: [],
            consents: [],
          }))
        }
        onChanged={file.reload}
      />
    );
  }
  if (file.problem?.code === "subject-erased" || file.problem?.code === "not-found") {
    return (
      <Page title="Erased person" back={back}>
        <div className="card">
          <EmptyState icon={IconUserOff} title="There is nobody here any more">
            This person was erased, or there never was one: nobody can tell the two apart. The receipt of an erasure
            says what was deleted, and when.
          </EmptyState>
        </div>
        <JobsOf subjectId={subjectId} />
      </Page>
    );
  }
  return (
    <Page title="Person" back={back}>
      {file.problem === undefined ? (
        <div className="after-a-while" aria-hidden="true">
          <Skeleton height={150} mb={36} />
          <RowsPlaceholder rows={3} />
        </div>
      ) : (
        <LoadProblem loaded={file} />
      )}
    </Page>
  );
}

function PersonPage(props: { file: PersonFile; onErasing(): void; onChanged(): void }) {
  const { file, onErasing, onChanged } = props;
  const { subject } = file;
  const isGoing = subject.state === "erasing";
  return (
    <Page
      title={personName(subject)}
      back={back}
      lead={<SubjectTag state={subject.state} />}
      actions={<PersonActions subject={subject} onErasing={onErasing} />}
    >
      {isGoing ? <BeingErased subjectId={subject.subjectId} /> : <PersonData file={file} onChanged={onChanged} />}
    </Page>
  );
}

function BeingErased({ subjectId }: { subjectId: string }) {
  return (
    <>
      <Notice tone="quiet" title="This person is being erased">
        {beingErasedText}
      </Notice>
      <JobsOf subjectId={subjectId} />
    </>
  );
}

function PersonData({ file, onChanged }: { file: PersonFile; onChanged(): void }) {
  const { subject, conversations, leads, consents } = file;
  const { can } = useSession();
  const channelName = useChannelNames();
  const purposeName = usePurposeNames();
  const [isCorrecting, setCorrecting] = useState(false);
  return (
    <>
      <div className="card card-body person-profile">
        <ProfileFacts subject={subject} />
        {can("subjects:write") && (
          <Button size="xs" variant="default" onClick={() => setCorrecting(true)}>
            Correct
          </Button>
        )}
      </div>
      {isCorrecting && <RectifyDialog subject={subject} onDone={onChanged} onClose={() => setCorrecting(false)} />}
      {can("audit:read") && (
        <p className="small" style={{ marginTop: 10 }}>
          <Link className="link" to={`/audit?person=${subject.subjectId}`}>
            Who looked at this person, and what was done
          </Link>
        </p>
      )}
      <JobsOf subjectId={subject.subjectId} />
      <Processing file={file} onChanged={onChanged} />
      <Identifiers file={file} onChanged={onChanged} />
      {can("holds:write") && <PersonHolds file={file} onChanged={onChanged} />}
      <Section title="Conversations">
        <div className="card">
          {conversations.length === 0 ? (
            <p className="card-body soft">No conversations.</p>
          ) : (
            <ul className="rows" aria-label="Conversations of this person">
              {conversations.map((conversation) => (
                <li key={conversation.conversationId}>
                  <ConversationLink
                    conversation={conversation}
                    channelName={channelName(conversation.channelId)}
                    hidesPerson
                  />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Section>
      <Section title="Leads">
        <div className="card">
          {leads.length === 0 ? (
            <p className="card-body soft">This person left no message for your team.</p>
          ) : (
            <ul className="rows" aria-label="Leads of this person">
              {leads.map((lead) => (
                <li key={lead.leadId}>
                  <LeadLine lead={lead} />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Section>
      <Section title="Consents" lead="Each one as it was given or withdrawn, with the notice that was shown.">
        <div className="card">
          {consents.length === 0 ? (
            <p className="card-body soft">This person was asked and gave none.</p>
          ) : (
            <ul className="rows" aria-label="Consents of this person">
              {consents.map((consent) => (
                <li key={consent.consentId}>
                  <ConsentLine
                    consent={consent}
                    purpose={purposeName(consent)}
                    wasGiven={consents.some((one) => one.purpose === consent.purpose && one.given)}
                  />
                </li>
              ))}
            </ul>
          )}
        </div>
      </Section>
    </>
  );
}

function LeadLine({ lead }: { lead: Lead }) {
  return (
    <div className="row">
      <div className="row-main">
        <div style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>{leadText(lead)}</div>
        <div className="row-detail">{[lead.name, lead.email, lead.phone].filter(Boolean).join(" · ")}</div>
      </div>
      <div className="row-aside">
        {lead.state === "new" ? <Tag tone="active">New</Tag> : <Tag>Handled</Tag>}
        <When at={lead.createdAt} />
      </div>
    </div>
  );
}

/** @param props.wasGiven - whether the purpose was agreed to at any time: else there was nothing to withdraw. */
function ConsentLine(props: { consent: Consent; purpose: string; wasGiven: boolean }) {
  const { consent, purpose, wasGiven } = props;
  return (
    <div className="row">
      <div className="row-main">
        <div className="row-title">{purpose}</div>
        <div className="row-detail">Notice version {consent.noticeVersion}</div>
      </div>
      <div className="row-aside">
        {consent.given ? <Tag tone="good">Given</Tag> : <Tag>{wasGiven ? "Withdrawn" : "Not given"}</Tag>}
        <When at={consent.createdAt} full />
      </div>
    </div>
  );
}

/** Jobs about this person, as they go on. */
function JobsOf({ subjectId }: { subjectId: string }) {
  const { can } = useSession();
  return can("jobs:read") ? <LiveJobsOf subjectId={subjectId} /> : null;
}

function LiveJobsOf({ subjectId }: { subjectId: string }) {
  const { jobs } = useLiveJobs();
  const own = jobs.filter((job) => job.targets.subjectId === subjectId);
  if (own.length === 0) return null;
  return (
    <Section title={own.some(isActive) ? "Going on" : "Done for this person"}>
      <div className="card">
        <ul className="rows" aria-label="Jobs of this person">
          {own.map((job) => (
            <li key={job.jobId}>
              <JobRow job={job} />
            </li>
          ))}
        </ul>
      </div>
    </Section>
  );
}
