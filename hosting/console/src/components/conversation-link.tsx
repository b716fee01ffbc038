import "./conversation-list.css";
import { NavLink } from "react-router";
import type { Conversation } from "../api/shapes.ts";
import { count, visitorName } from "../words/things.ts";
import { SubjectTag, Tag } from "./tag.tsx";
import { When } from "./when.tsx";

/**
 * A conversation as a line of the inbox: who, where, how much, when. Its text is shown, and audited, only inside.
 *
 * @param props.hidesPerson - on the person's own page the channel stands in the first place.
 */
export function ConversationLink(props: { conversation: Conversation; channelName: string; hidesPerson?: boolean }) {
  const { conversation, channelName, hidesPerson = false } = props;
  const { conversationId, subjectId, turnCount, startedAt, lastTurnAt, unread, state, subjectState, tags } =
    conversation;
  const questions = count(turnCount, "question");
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
            {hidesPerson ? channelName : visitorName(subjectId)}
            {unread && <span className="only-heard"> (unread)</span>}
          </span>
          <span className="thread-time">
            <When at={lastTurnAt ?? startedAt} />
          </span>
        </span>
        <span className="thread-detail">
          <span>{hidesPerson ? questions : `${channelName} · ${questions}`}</span>
          {state === "closed" && <Tag>Closed</Tag>}
          {!hidesPerson && <SubjectTag state={subjectState} />}
          {tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
      </span>
    </NavLink>
  );
}
