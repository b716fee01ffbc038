import type { Consents } from "../consent/notice.ts";
import type { DataSubject } from "../identity/caller.ts";
import type { Head } from "./conversation.ts";

/** The head of a conversation without turns: it is not listed until the first. */
export function newHead(subject: DataSubject, noticeVersion: number, consents: Consents, startedAt: Date): Head {
  return {
    id: subject.conversationId,
    tenantId: subject.tenantId,
    subjectId: subject.subjectId,
    subjectState: "active",
    channelId: subject.channelId,
    state: "open",
    noticeVersion,
    consents,
    window: {},
    turnCount: 0,
    startedAt,
  };
}
