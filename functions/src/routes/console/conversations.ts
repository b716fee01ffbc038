import { z } from "zod";
import { changeInbox } from "../../conversations/change-inbox.ts";
import { listConversations } from "../../conversations/list-conversations.ts";
import { readConversation } from "../../conversations/read-conversation.ts";
import { type RouteTable, route } from "../route.ts";
import { conversationShape, nextCursor, page, recordId, restrictedUse, subjectShape, text, time } from "./shapes.ts";

const citation = z.strictObject({ n: z.int(), title: z.string(), heading: z.string(), documentId: z.string() });

const turnShape = z.strictObject({
  turnId: z.string(),
  state: z.enum(["answering", "answered", "failed"]),
  question: z.string(),
  askedAt: time,
  answer: z
    .strictObject({
      turnId: z.string(),
      answer: z.string(),
      outcome: z.enum(["answered", "no-answer"]),
      handoff: z.boolean(),
      citations: z.array(citation),
      model: z.string(),
      answeredAt: time,
    })
    .optional(),
});

const params = z.strictObject({ conversationId: recordId });

const opened = {
  200: z.strictObject({
    conversation: conversationShape,
    subject: subjectShape,
    turns: z.array(turnShape),
    more: z.boolean(),
  }),
};

/** Conversations as staff work with them. */
export const conversationRoutes = {
  "GET /v1/conversations": route({
    caller: "conversations:read",
    summary: "Conversations, newest first, without their text",
    query: z.strictObject({ ...page, subjectId: recordId.optional() }),
    answer: { 200: z.strictObject({ conversations: z.array(conversationShape), nextCursor }) },
    audit: "conversation-listed",
    limit: "staff-read",
    handle: async (deps, staff, { query }) => ({ status: 200, body: await listConversations(deps, staff, query) }),
  }),
  "GET /v1/conversations/{conversationId}": route({
    caller: "conversations:read",
    summary:
      "A conversation with its text, the newest 50 turns before a time; it counts as read. A restricted one has none",
    params,
    query: z.strictObject({ before: time.optional() }),
    answer: opened,
    audit: "conversation-read",
    limit: "staff-read",
    handle: async (deps, staff, { params: { conversationId }, query }) => {
      const before = query.before === undefined ? undefined : new Date(query.before);
      return { status: 200, body: await readConversation(deps, staff, conversationId, { before }) };
    },
  }),
  "POST /v1/conversations/{conversationId}/restricted-use": route({
    caller: "subjects:write",
    summary: "Read a restricted person's conversation for a use that Art. 18(2) allows",
    params,
    body: restrictedUse.extend({ before: time.optional() }),
    answer: opened,
    audit: "restricted-data-used",
    limit: "staff-read",
    handle: async (deps, staff, { params: { conversationId }, body: { before, ...use } }) => {
      const page = { use, before: before === undefined ? undefined : new Date(before) };
      return { status: 200, body: await readConversation(deps, staff, conversationId, page) };
    },
  }),
  "PUT /v1/conversations/{conversationId}/inbox": route({
    caller: "conversations:write",
    summary: "Put a member in charge of a conversation, or label it",
    params,
    body: z.strictObject({
      assignee: recordId.nullable().optional(),
      tags: z.array(text(40)).max(20).optional(),
    }),
    answer: {
      200: z.strictObject({ conversationId: recordId, assignee: recordId.optional(), tags: z.array(z.string()) }),
    },
    audit: "conversation-changed",
    limit: "staff-write",
    handle: async (deps, staff, { params: { conversationId }, body }) => {
      const change = {
        ...(body.assignee === undefined ? {} : { assignee: body.assignee }),
        ...(body.tags === undefined ? {} : { tags: body.tags }),
      };
      const { assignee, tags } = await changeInbox(deps, staff, conversationId, change);
      return { status: 200, body: { conversationId, ...(assignee === null ? {} : { assignee }), tags } };
    },
  }),
} as const satisfies RouteTable;
