import "./rights.css";
import "./rows.css";
import "./turn.css";
import { Button } from "@mantine/core";
import { type ReactNode, useEffect, useRef, useState } from "react";
import type { HeldItem, Hold } from "../api/privacy-shapes.ts";
import { readHeldItem } from "../api/rights.ts";
import { useApp } from "../hooks/app.tsx";
import { useAction } from "../hooks/use-action.ts";
import { shortId } from "../words/things.ts";
import { dayOf } from "../words/time.ts";
import { Dialog } from "./dialog.tsx";
import { Markdown } from "./markdown.tsx";
import { ProblemNotice } from "./problem-notice.tsx";
import { ByAi, QuestionView } from "./turn-view.tsx";
import { When } from "./when.tsx";

/**
 * What a hold keeps of a person who is erased. The hold's own basis is what it is read for, and each item is opened by
 * itself, since each look is recorded. Nothing of it outlives the dialog.
 */
export function HeldItems({ hold, onClose }: { hold: Hold; onClose(): void }) {
  const { basis, endsAt, items, holdId } = hold;
  return (
    <Dialog title="What the hold keeps" size={680} onClose={onClose}>
      <div className="dialog">
        <dl className="facts">
          <dt>Kept for</dt>
          <dd>{basis}</dd>
          <dt>Until</dt>
          <dd>{dayOf(new Date(endsAt))}</dd>
        </dl>
        <p className="soft">
          The person is erased; this is what is left of them, each item under a key of its own. Read it for that purpose
          alone: every item that you open is recorded in the audit trail.
        </p>
        <ul className="held-items" aria-label="Held items">
          {items.map((item) => (
            <li key={item.id} className="held-item">
              <Held holdId={holdId} item={item} />
            </li>
          ))}
        </ul>
        <div className="dialog-actions dialog-foot">
          <Button variant="default" onClick={onClose}>
            Done
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Held({ holdId, item }: { holdId: string; item: Hold["items"][number] }) {
  const { api } = useApp();
  const [opened, setOpened] = useState<HeldItem>();
  const open = useAction(async () => setOpened(await readHeldItem(api, holdId, item.id)));
  const kind = item.kind === "lead" ? "Lead" : "Conversation";
  const name = `${kind} ${shortId(item.id)}`;
  return (
    <>
      <div className="held-item-head">
        <span className="row-title">
          {kind} <span className="row-about">{shortId(item.id)}</span>
        </span>
        {opened === undefined && (
          <Button
            size="xs"
            variant="default"
            aria-label={`Open ${name}`}
            loading={open.isPending}
            onClick={() => open.run()}
          >
            Open
          </Button>
        )}
        {opened?.kind === "lead" && <When at={opened.createdAt} full />}
      </div>
      {open.problem !== undefined && (
        <ProblemNotice problem={open.problem} {...(open.problem.code === "not-found" ? holdIsOver : {})} />
      )}
      {opened !== undefined && (
        <HeldText name={name}>
          {opened.kind === "lead" ? (
            <HeldLead texts={opened.texts} />
          ) : (
            <HeldTurns
              opened={opened}
              readBefore={async (before) => {
                const earlier = await readHeldItem(api, holdId, item.id, before);
                if (earlier.kind !== "conversation") return;
                setOpened({ ...earlier, turns: [...earlier.turns, ...opened.turns] });
              }}
            />
          )}
        </HeldText>
      )}
    </>
  );
}

const holdIsOver = {
  says: "The hold keeps this no longer.",
  todo: "It was released, or its end has come: what it kept is being erased.",
};

/** Takes the focus from the button that it stands in for. */
function HeldText({ name, children }: { name: string; children: ReactNode }) {
  const text = useRef<HTMLElement>(null);
  useEffect(() => text.current?.focus({ preventScroll: true }), []);
  return (
    <section ref={text} tabIndex={-1} className="held-text" aria-label={name}>
      {children}
    </section>
  );
}

const leadFields = [
  { field: "name", title: "Name" },
  { field: "email", title: "E-mail" },
  { field: "phone", title: "Phone" },
  { field: "message", title: "Message" },
] as const;

function HeldLead({ texts }: { texts: Extract<HeldItem, { kind: "lead" }>["texts"] }) {
  return (
    <dl className="facts">
      {leadFields.map(
        ({ field, title }) =>
          texts[field] !== undefined && (
            <div key={field} className="held-field">
              <dt>{title}</dt>
              <dd>{texts[field]}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function HeldTurns(props: {
  opened: Extract<HeldItem, { kind: "conversation" }>;
  readBefore(before: string): Promise<void>;
}) {
  const { turns, more } = props.opened;
  const first = turns[0]?.askedAt;
  const earlier = useAction(async () => {
    if (first !== undefined) await props.readBefore(first);
  });
  return (
    <>
      {more && (
        <div className="load-more">
          <Button size="xs" variant="default" loading={earlier.isPending} onClick={() => earlier.run()}>
            Show earlier questions
          </Button>
        </div>
      )}
      {earlier.problem !== undefined && <ProblemNotice problem={earlier.problem} />}
      {turns.length === 0 && <p className="soft">Nothing was asked in it.</p>}
      {turns.map(({ turnId, askedAt, question, answer }) => (
        <article key={turnId} className="turn" aria-label="Question and answer">
          <QuestionView question={question} askedAt={askedAt} />
          <div className="turn-answer">
            {answer === undefined ? (
              <span className="soft">The AI could not answer.</span>
            ) : (
              <>
                <div className="turn-meta">
                  <ByAi />
                </div>
                <div className="turn-text">
                  <Markdown text={answer} />
                </div>
              </>
            )}
          </div>
        </article>
      ))}
    </>
  );
}
