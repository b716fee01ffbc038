import "./rights.css";
import "./rows.css";
import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { listHolds } from "../api/rights.ts";
import type { Identifier } from "../api/shapes.ts";
import type { PersonFile } from "../api/subjects.ts";
import { useApp, useSession } from "../hooks/app.tsx";
import { useChannelNames } from "../hooks/use-channel-names.ts";
import { useLoad } from "../hooks/use-load.ts";
import { grounds, groundText, identifierNames, liftable, objectionText } from "../words/rights.ts";
import { dayOf } from "../words/time.ts";
import { PlaceHold } from "./hold-dialogs.tsx";
import { HoldRow } from "./hold-row.tsx";
import { Section } from "./page.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { VerifyDialog } from "./rectify-dialogs.tsx";
import { DecideDialog, LiftDialog, ObjectionDialog, RestrictDialog } from "./restriction-dialogs.tsx";
import { Tag } from "./tag.tsx";

interface RightsPart {
  file: PersonFile;
  onChanged(): void;
}

/** The addresses that lead to the person, and whether each was proven to be theirs. */
export function Identifiers({ file, onChanged }: RightsPart) {
  const { can } = useSession();
  const { subject, identifiers } = file;
  const [open, setOpen] = useState<{ identifier: Identifier | undefined }>();
  const canVerify = can("subjects:write");
  return (
    <Section
      title="Addresses"
      lead="What this person is found by. Stated means that somebody typed it here; verified, that it was proven to be theirs."
      aside={
        canVerify ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} stroke={1.8} />}
            onClick={() => setOpen({ identifier: undefined })}
          >
            Add verified
          </Button>
        ) : undefined
      }
    >
      <div className="card">
        {identifiers.length === 0 ? (
          <p className="card-body soft">None: nobody can find this person by an address.</p>
        ) : (
          <ul className="rows" aria-label="Addresses of this person">
            {identifiers.map((identifier, index) => (
              <li key={`${identifier.kind} ${identifier.value ?? index}`}>
                <div className="row">
                  <div className="row-main">
                    <div className="row-title">
                      {identifier.value === undefined ? (
                        <span className="soft">Kept as a hash only</span>
                      ) : (
                        <span className="clip">{identifier.value}</span>
                      )}
                    </div>
                    <div className="row-detail">{identifierNames[identifier.kind]}</div>
                  </div>
                  <div className="row-aside">
                    <LevelTag level={identifier.level} />
                    {canVerify &&
                      identifier.level !== "verified" &&
                      identifier.kind !== "reference" &&
                      identifier.value !== undefined && (
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={`Verify ${identifier.value}`}
                          onClick={() => setOpen({ identifier })}
                        >
                          Verify
                        </Button>
                      )}
                  </div>
                </div>
              </li>
            ))}
          </ul>
        )}
      </div>
      {open !== undefined && (
        <VerifyDialog
          subject={subject}
          identifier={open.identifier}
          onDone={onChanged}
          onClose={() => setOpen(undefined)}
        />
      )}
    </Section>
  );
}

function LevelTag({ level }: { level: Identifier["level"] }) {
  if (level === "verified") return <Tag tone="good">Verified</Tag>;
  return level === "stated" ? <Tag tone="warn">Stated</Tag> : <Tag>Not searchable</Tag>;
}

type Open = "restrict" | "lift" | "object" | "decide";

/** Whether processing is restricted, how an objection stands, and what can be done about both. */
export function Processing({ file, onChanged }: RightsPart) {
  const { can } = useSession();
  const { subject, identifiers } = file;
  const { restriction } = subject;
  const [open, setOpen] = useState<Open>();
  const isRestricted = subject.state === "restricted";
  const isUndecided = restriction?.objection === "undecided";
  const canLift = isRestricted && restriction !== undefined && liftable(restriction).length > 0;
  const hasOtherGrounds = grounds.some(({ value }) => !restriction?.grounds.includes(value));
  const dialog = { subject, identifiers, onDone: onChanged, onClose: () => setOpen(undefined) };
  const button = (which: Open, text: string, isFirst = false) =>
    can("subjects:write") ? (
      <Button size="xs" variant={isFirst ? "filled" : "default"} onClick={() => setOpen(which)}>
        {text}
      </Button>
    ) : null;
  return (
    <Section title="Processing">
      <div className="card">
        <ul className="rows" aria-label="Restriction and objection">
          <Line
            title="Restriction"
            tag={isRestricted ? <Tag tone="warn">Restricted</Tag> : <Tag>Not restricted</Tag>}
            text={
              isRestricted && restriction !== undefined
                ? `Since ${dayOf(new Date(restriction.since))}, because ${groundText(restriction.grounds)}. Kept, and not used.`
                : isRestricted
                  ? "Kept, and not used."
                  : "Chat, AI answers, leads and retention go on as usual (Art. 18)."
            }
            action={
              <>
                {hasOtherGrounds && button("restrict", isRestricted ? "Add a ground" : "Restrict")}
                {canLift && button("lift", "Lift")}
              </>
            }
          />
          <Line
            title="Objection"
            tag={
              isUndecided ? (
                <Tag tone="danger">Undecided</Tag>
              ) : restriction?.objection === "upheld" ? (
                <Tag>Upheld</Tag>
              ) : null
            }
            text={objectionText(restriction)}
            action={isUndecided ? button("decide", "Decide", true) : button("object", "Record an objection")}
          />
        </ul>
      </div>
      {open === "restrict" && <RestrictDialog {...dialog} />}
      {open === "lift" && <LiftDialog {...dialog} />}
      {open === "object" && <ObjectionDialog {...dialog} />}
      {open === "decide" && <DecideDialog {...dialog} />}
    </Section>
  );
}

function Line({ title, tag, text, action }: { title: string; tag: ReactNode; text: string; action: ReactNode }) {
  return (
    <li>
      <div className="row">
        <div className="row-main">
          <div className="row-title">
            {title} {tag}
          </div>
          <div className="row-detail">{text}</div>
        </div>
        <div className="row-aside">{action}</div>
      </div>
    </li>
  );
}

/** What the law makes the business keep of this person. */
export function PersonHolds({ file, onChanged }: RightsPart) {
  const { api } = useApp();
  const channelName = useChannelNames();
  const [isOpen, setOpen] = useState(false);
  const { subject, conversations, leads } = file;
  const { subjectId } = subject;
  const holds = useLoad(`holds/${subjectId}`, (signal) => listHolds(api, subjectId, signal), { keep: false });
  const change = () => {
    holds.reload();
    onChanged();
  };
  const hasItems = conversations.length + leads.length > 0;
  return (
    <Section
      title="Holds"
      lead="Items that the law makes you keep: no erasure and no purge takes them before the hold ends."
      aside={
        hasItems ? (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={15} stroke={1.8} />}
            onClick={() => setOpen(true)}
          >
            Place a hold
          </Button>
        ) : undefined
      }
    >
      {holds.problem !== undefined && <ProblemNotice problem={holds.problem} />}
      <div className="card">
        {(holds.data ?? []).length === 0 ? (
          <p className="card-body soft">{holds.data === undefined ? "Loading…" : "None."}</p>
        ) : (
          <ul className="rows" aria-label="Holds on items of this person">
            {(holds.data ?? []).map((hold) => (
              <li key={hold.holdId}>
                <HoldRow hold={hold} onChanged={change} />
              </li>
            ))}
          </ul>
        )}
      </div>
      {isOpen && (
        <PlaceHold
          subjectId={subjectId}
          conversations={conversations}
          leads={leads}
          channelName={channelName}
          onDone={change}
          onClose={() => setOpen(false)}
        />
      )}
    </Section>
  );
}
