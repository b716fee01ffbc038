import "./conversation.css";
import { Button, Skeleton } from "@mantine/core";
import { IconChevronLeft, IconMessageOff, IconUserOff } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { Link, useOutletContext, useParams } from "react-router";
import { type OpenConversation, openRestricted, type RestrictedUse, readConversation } from "../api/conversations.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { EraseConversation } from "../components/erase-conversation.tsx";
import { InboxFields } from "../components/inbox-fields.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { PersonCard } from "../components/person-card.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { RestrictedText } from "../components/restricted-text.tsx";
import { SaveAnswer } from "../components/save-answer.tsx";
import { SubjectTag, Tag } from "../components/tag.tsx";
import { TurnView } from "../components/turn-view.tsx";
import { When } from "../components/when.tsx";
import { useApp, useSession } from "../hooks/app.tsx";
import type { InboxContext } from "../hooks/inbox.ts";
import { useAction } from "../hooks/use-action.ts";
import { useLoad } from "../hooks/use-load.ts";
import { beingErasedText, count, frozen, personName } from "../words/things.ts";

/** One conversation: what was asked, what the AI answered from which documents, and whose it is. */
export function ConversationPage() {
  const { conversationId = "" } = useParams();
  return <Opened key={conversationId} conversationId={conversationId} />;
}

function Opened({ conversationId }: { conversationId: string }) {
  const { api } = useApp();
  const inbox = useOutletContext<InboxContext>();
  const opened = useLoad(
    `conversation/${conversationId}`,
    (signal) => readConversation(api, conversationId, { signal }),
    {
      keep: false,
    },
  );
  const [use, setUse] = useState<RestrictedUse>();
  const markAsRead = useEffectEvent(() => inbox.change(conversationId, { unread: false }));
  const isOpen = opened.data !== undefined;
  useEffect(() => {
    if (isOpen) markAsRead();
  }, [isOpen]);

  if (opened.problem !== undefined && opened.data === undefined) {
    const isGone = opened.problem.code === "subject-erased" || opened.problem.code === "not-found";
    return (
      <div className="inbox-nothing">
        <title>Conversation · Lethe</title>
        {isGone ? (
          <EmptyState icon={IconUserOff} title="This conversation is gone">
            It was erased, or its time to be kept is over. The key that opened it is destroyed with its person.
          </EmptyState>
        ) : (
          <div style={{ padding: 24, maxWidth: 460 }}>
            <LoadProblem loaded={opened} />
          </div>
        )}
      </div>
    );
  }
  if (opened.data === undefined) return <Placeholder />;
  const { subject } = opened.data;
  return (
    <Thread
      opened={opened.data}
      use={use}
      onUsed={(chosen, used) => {
        setUse(chosen);
        opened.change(() => used);
      }}
      onEarlier={(earlier) =>
        opened.change((shown) => ({ ...shown, turns: [...earlier.turns, ...shown.turns], more: earlier.more }))
      }
      onErasing={(what) => {
        opened.change((shown) => ({
          conversation: { ...shown.conversation, subjectState: "erasing" },
          subject: what === "person" ? frozen(subject) : subject,
          turns: [],
          more: false,
        }));
        inbox.change(conversationId, { subjectState: "erasing" });
      }}
      onReload={opened.reload}
    />
  );
}

function Thread(props: {
  opened: OpenConversation;
  /** What the text of a restricted person was opened for. */
  use: RestrictedUse | undefined;
  onUsed(use: RestrictedUse, opened: OpenConversation): void;
  onEarlier(earlier: OpenConversation): void;
  onErasing(what: "person" | "conversation"): void;
  onReload(): void;
}) {
  const { opened, use, onUsed, onEarlier, onErasing, onReload } = props;
  const { conversation, subject, turns, more } = opened;
  const { channelName } = useOutletContext<InboxContext>();
  const { can } = useSession();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const name = personName(subject);
  const isErasing = conversation.subjectState === "erasing" || subject.state === "erasing";
  return (
    <div className="conversation">
      <title>{`${name} · Lethe`}</title>
      <section className="conversation-main" aria-label={`Conversation with ${name}`}>
        <header className="conversation-head">
          <Link to="/conversations" className="page-back conversation-back">
            <IconChevronLeft size={16} stroke={1.8} aria-hidden="true" />
            Conversations
          </Link>
          <h1 ref={heading} tabIndex={-1}>
            {name}
          </h1>
          {conversation.state === "closed" && <Tag>Closed</Tag>}
          <SubjectTag state={subject.state} />
          <span className="small soft">
            {channelName(conversation.channelId)} · {count(conversation.turnCount, "question")} · since{" "}
            <When at={conversation.startedAt} />
          </span>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls must be reachable by keyboard */}
        <section className="conversation-turns" aria-label="Questions and answers" tabIndex={0}>
          {more && (
            <Earlier
              conversationId={conversation.conversationId}
              use={use}
              before={turns[0]?.askedAt}
              onEarlier={onEarlier}
            />
          )}
          {subject.state === "erasing" ? (
            <EmptyState icon={IconUserOff} title="This person is being erased">
              {beingErasedText}
            </EmptyState>
          ) : isErasing ? (
            <EmptyState icon={IconMessageOff} title="This conversation is being erased">
              Its questions and answers are deleted; the rest of the person stays.
            </EmptyState>
          ) : subject.state === "restricted" && use === undefined ? (
            <RestrictedText conversationId={conversation.conversationId} onUsed={onUsed} />
          ) : (
            turns.length === 0 && <p className="soft">Nothing was asked yet.</p>
          )}
          {turns.map((turn) => (
            <TurnView
              key={turn.turnId}
              turn={turn}
              onLookAgain={use === undefined ? onReload : undefined}
              aside={
                subject.state === "active" &&
                can("knowledge:write") &&
                turn.state !== "answering" && (
                  <SaveAnswer conversationId={conversation.conversationId} answer={turn.answer} />
                )
              }
            />
          ))}
        </section>
      </section>
      <aside className="conversation-side" aria-label="About this conversation">
        <PersonCard subject={subject} onErasing={() => onErasing("person")} />
        {!isErasing && <InboxFields conversation={conversation} />}
        <EraseConversation subject={subject} conversation={conversation} onStarted={() => onErasing("conversation")} />
      </aside>
    </div>
  );
}

/** The way to turns older than the newest fifty. */
function Earlier(props: {
  conversationId: string;
  use: RestrictedUse | undefined;
  before: string | undefined;
  onEarlier(earlier: OpenConversation): void;
}) {
  const { conversationId, use, before, onEarlier } = props;
  const { api } = useApp();
  const load = useAction(async () => {
    if (before === undefined) return;
    const earlier =
      use === undefined
        ? readConversation(api, conversationId, { before })
        : openRestricted(api, conversationId, { ...use, before });
    onEarlier(await earlier);
  });
  return (
    <div className="load-more">
      <Button size="xs" variant="default" loading={load.isPending} onClick={() => load.run()}>
        Show earlier questions
      </Button>
      {load.problem !== undefined && <ProblemNotice problem={load.problem} />}
    </div>
  );
}

function Placeholder() {
  return (
    <div className="conversation after-a-while" aria-hidden="true">
      <div className="conversation-main">
        <div className="conversation-head">
          <Skeleton height={22} width={180} radius="sm" />
        </div>
        <div className="conversation-turns">
          {["1", "2", "3"].map((turn) => (
            <div key={turn} style={{ marginBottom: 30 }}>
              <Skeleton height={42} width="52%" radius="lg" />
              <Skeleton height={12} width="80%" mt={22} radius="sm" />
              <Skeleton height={12} width="72%" mt={9} radius="sm" />
              <Skeleton height={12} width="44%" mt={9} radius="sm" />
            </div>
          ))}
        </div>
      </div>
      <div className="conversation-side">
        <Skeleton height={168} />
      </div>
    </div>
  );
}
