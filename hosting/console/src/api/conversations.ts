import type { Api } from "./api.ts";
import type { Conversation, Page, Subject, Turn } from "./shapes.ts";

/** A page of conversations, newest first; audited. */
export async function listConversations(api: Api, cursor?: string, signal?: AbortSignal): Promise<Page<Conversation>> {
  const answer = await api.get<{ conversations: Conversation[]; nextCursor?: string }>("/v1/conversations", {
    query: { cursor, limit: 40 },
    ...(signal === undefined ? {} : { signal }),
  });
  return pageOf(answer.conversations, answer.nextCursor);
}

export interface OpenConversation {
  conversation: Conversation;
  subject: Subject;
  /** The newest 50, or the 50 before the time that was asked for; oldest first. */
  turns: readonly Turn[];
  /** Whether there are earlier ones. */
  more: boolean;
}

/**
 * Opens one conversation: text and person. Audited, and marks it as read.
 *
 * @param before - only what was asked before this time.
 */
export function readConversation(
  api: Api,
  conversationId: string,
  options: { before?: string; signal?: AbortSignal },
): Promise<OpenConversation> {
  const { before, signal } = options;
  return api.get<OpenConversation>(`/v1/conversations/${conversationId}`, {
    query: { before },
    ...(signal === undefined ? {} : { signal }),
  });
}

/** What Art. 18(2) lets a restricted person's data be used for. */
export interface RestrictedUse {
  ground: "consent" | "claims" | "rights-of-others" | "public-interest";
  reason: string;
}

/** Opens a restricted person's conversation for a use that the law allows; audited with its reason. */
export function openRestricted(
  api: Api,
  conversationId: string,
  use: RestrictedUse & { before?: string },
): Promise<OpenConversation> {
  return api.post<OpenConversation>(`/v1/conversations/${conversationId}/restricted-use`, { body: use });
}

/** Assigns or labels a conversation. */
export function changeInbox(
  api: Api,
  conversationId: string,
  change: { assignee?: string | null; tags?: readonly string[] },
): Promise<{ assignee?: string; tags: string[] }> {
  return api.put(`/v1/conversations/${conversationId}/inbox`, { body: change });
}

/** A page, with its cursor only where there is one. */
export function pageOf<Item>(items: readonly Item[], nextCursor: string | undefined): Page<Item> {
  return nextCursor === undefined ? { items } : { items, nextCursor };
}
