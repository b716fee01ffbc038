import "./conversations.css";
import { ActionIcon, Skeleton, Tooltip } from "@mantine/core";
import { IconMessageCircle, IconMessages, IconRefresh } from "@tabler/icons-react";
import { Outlet, useParams } from "react-router";
import { listConversations } from "../api/conversations.ts";
import type { Conversation } from "../api/shapes.ts";
import { ConversationLink } from "../components/conversation-link.tsx";
import { EmptyState } from "../components/empty-state.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { useHeadingFocus } from "../components/page.tsx";
import { LoadMore } from "../components/rows.tsx";
import { useApp } from "../hooks/app.tsx";
import type { InboxContext } from "../hooks/inbox.ts";
import { useChannelNames } from "../hooks/use-channel-names.ts";
import { type Pages, usePages } from "../hooks/use-pages.ts";

/** The inbox: conversations on the left, the opened one on the right. */
export function Conversations() {
  const { api } = useApp();
  const { conversationId } = useParams();
  const pages = usePages(
    "conversations",
    (cursor, signal) => listConversations(api, cursor, signal),
    (conversation) => conversation.conversationId,
  );
  const channelName = useChannelNames();
  const context: InboxContext = {
    channelName,
    change: (id, fields) =>
      pages.change((items) => items.map((item) => (item.conversationId === id ? { ...item, ...fields } : item))),
  };
  return (
    <div className="inbox" {...(conversationId === undefined ? {} : { "data-open": "" })}>
      {conversationId === undefined && <title>Conversations · Lethe</title>}
      <List pages={pages} channelName={channelName} />
      <div className="inbox-open">
        {conversationId === undefined ? (
          <div className="inbox-nothing">
            <EmptyState icon={IconMessages} title="Pick a conversation">
              Opening one decrypts its text and is recorded in the audit trail with your name. The list itself shows no
              text.
            </EmptyState>
          </div>
        ) : (
          <Outlet context={context} />
        )}
      </div>
    </div>
  );
}

function List(props: { pages: Pages<Conversation>; channelName(channelId: string): string }) {
  const { pages, channelName } = props;
  const heading = useHeadingFocus<HTMLHeadingElement>();
  const { items, problem } = pages;
  return (
    <section className="inbox-list" aria-label="Conversations">
      <header className="inbox-head">
        <h1 ref={heading} tabIndex={-1}>
          Conversations
        </h1>
        <Tooltip label="Refresh">
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label="Refresh"
            loading={pages.isLoading && items !== undefined}
            onClick={pages.reload}
          >
            <IconRefresh size={18} stroke={1.6} />
          </ActionIcon>
        </Tooltip>
      </header>
      <div className="inbox-scroll">
        {problem !== undefined && (
          <div style={{ padding: 16 }}>
            <LoadProblem loaded={pages} />
          </div>
        )}
        {items === undefined && problem === undefined && <ListPlaceholder />}
        {items !== undefined && items.length === 0 && (
          <EmptyState icon={IconMessageCircle} title="No conversations yet">
            They appear here as soon as a visitor asks something in your widget. Put it on your site under Settings,
            Channels.
          </EmptyState>
        )}
        {items !== undefined && items.length > 0 && (
          <ul className="inbox-threads" aria-label="Conversations, newest first" aria-busy={pages.isLoading}>
            {items.map((conversation) => (
              <li key={conversation.conversationId}>
                <ConversationLink conversation={conversation} channelName={channelName(conversation.channelId)} />
              </li>
            ))}
          </ul>
        )}
        <LoadMore pages={pages} />
      </div>
    </section>
  );
}

function ListPlaceholder() {
  return (
    <ul className="inbox-threads after-a-while" aria-hidden="true">
      {["1", "2", "3", "4", "5", "6"].map((line) => (
        <li key={line} style={{ padding: "16px 18px 15px 33px" }}>
          <Skeleton height={12} width="46%" radius="sm" />
          <Skeleton height={10} width="66%" mt={11} radius="sm" />
        </li>
      ))}
    </ul>
  );
}
