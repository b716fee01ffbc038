import type { Conversation } from "../api/shapes.ts";

/** What the opened conversation may tell the list beside it; handed down through the router's outlet. */
export interface InboxContext {
  channelName(channelId: string): string;
  change(conversationId: string, fields: Partial<Conversation>): void;
}
