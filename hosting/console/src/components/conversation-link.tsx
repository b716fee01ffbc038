import "./conversation-list.css";
import { NavLink } from "react-router";
import type { Conversation } from "../api/shapes.ts";
import { count, visitorName } from "../words/things.ts";
import { SubjectTag, Tag } from "./tag.tsx";
import { When } from "./when.tsx";

/** A conversation as a line of the inbox: who, where, how much, when. Its text is shown, and audited, only inside. */
export function ConversationLink({ conversation }: { conversation: Conversation }) {
  const { conversationId, subjectId, channelName, turnCount, lastTurnAt, unread, state, subjectState, tags } =
    conversation;
  return (
    <NavLink
      to={`/conversations/${conversationId}`}
      className="thread-link"
      {...(unread ? { "data-unread": "" } : {})}
      preventScrollReset
    >
      {unread ? <span className="thread-unread" /> : <span />}
      <span style={{ minWidth: 0 }}>
        <span className="thread-line">
          <span className="thread-name clip">
            {visitorName(subjectId)}
            {unread && <span className="only-heard"> (unread)</span>}
          </span>
          <span className="thread-time">
            <When at={lastTurnAt} />
          </span>
        </span>
        <span className="thread-detail">
          <span>
            {channelName} · {count(turnCount, "question")}
          </span>
          {state === "closed" && <Tag>Closed</Tag>}
          <SubjectTag state={subjectState} />
          {tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
      </span>
    </NavLink>
  );
}
