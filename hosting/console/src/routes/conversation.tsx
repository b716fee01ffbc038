import "./conversation.css";
import { Button, Skeleton } from "@mantine/core";
import { IconChevronLeft, IconUserOff } from "@tabler/icons-react";
import { useEffect, useEffectEvent, useRef } from "react";
import { Link, useOutletContext, useParams } from "react-router";
import { type OpenConversation, readConversation } from "../api/conversations.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { InboxFields } from "../components/inbox-fields.tsx";
import { PersonCard } from "../components/person-card.tsx";
import { ProblemNotice } from "../components/problem-notice.tsx";
import { SubjectTag, Tag } from "../components/tag.tsx";
import { TurnView } from "../components/turn-view.tsx";
import { When } from "../components/when.tsx";
import { useApp } from "../hooks/app.tsx";
import type { InboxContext } from "../hooks/inbox.ts";
import { useLoad } from "../hooks/use-load.ts";
import { count, personName } from "../words/things.ts";

/** One conversation: what was asked, what the AI answered from which documents, and whose it is. */
export function ConversationPage() {
  const { conversationId = "" } = useParams();
  return <Opened key={conversationId} conversationId={conversationId} />;
}

function Opened({ conversationId }: { conversationId: string }) {
  const { api } = useApp();
  const inbox = useOutletContext<InboxContext>();
  const opened = useLoad(`conversation/${conversationId}`, (signal) => readConversation(api, conversationId, signal), {
    keep: false,
  });
  const markAsRead = useEffectEvent(() => inbox.change(conversationId, { unread: false }));
  const isOpen = opened.data !== undefined;
  useEffect(() => {
    if (isOpen) markAsRead();
  }, [isOpen]);

  if (opened.problem !== undefined && opened.data === undefined) {
    const isErased = opened.problem.code === "subject-erased";
    return (
      <div className="inbox-nothing">
        <title>Conversation · Lethe</title>
        {isErased ? (
          <EmptyState icon={IconUserOff} title="This person has been erased">
            Their conversations are gone, and the key that opened them was destroyed.
          </EmptyState>
        ) : (
          <div style={{ padding: 24, maxWidth: 460 }}>
            <ProblemNotice
              problem={opened.problem}
              action={
                <Button size="xs" variant="default" onClick={opened.reload}>
                  Try again
                </Button>
              }
            />
          </div>
        )}
      </div>
    );
  }
  if (opened.data === undefined) return <Placeholder />;
  const erasing = { ...opened.data, subject: { ...opened.data.subject, state: "erasing" as const } };
  return (
    <Thread
      opened={opened.data}
      onErasing={() => {
        opened.change(() => erasing);
        inbox.change(conversationId, { subjectState: "erasing" });
      }}
    />
  );
}

function Thread({ opened, onErasing }: { opened: OpenConversation; onErasing(): void }) {
  const { conversation, subject, turns } = opened;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const name = personName(subject);
  return (
    <div className="conversation">
      <title>{`${name} · Lethe`}</title>
      <section className="conversation-main" aria-label={`Conversation with ${name}`}>
        <header className="conversation-head">
          <Link to="/conversations" className="page-back conversation-back">
            <IconChevronLeft size={16} stroke={1.8} aria-hidden="true" />
            Conversations
          </Link>
          <h2 ref={heading} tabIndex={-1}>
            {name}
          </h2>
          {conversation.state === "closed" && <Tag>Closed</Tag>}
          <SubjectTag state={subject.state} />
          <span className="small soft">
            {conversation.channelName} · {count(conversation.turnCount, "question")} · since{" "}
            <When at={conversation.startedAt} />
          </span>
        </header>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: text that scrolls must be reachable by keyboard */}
        <section className="conversation-turns" aria-label="Questions and answers" tabIndex={0}>
          {turns.map((turn) => (
            <TurnView key={turn.turnId} turn={turn} />
          ))}
        </section>
      </section>
      <aside className="conversation-side" aria-label="About this conversation">
        <PersonCard subject={subject} onErasing={onErasing} />
        <InboxFields conversation={conversation} />
      </aside>
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
