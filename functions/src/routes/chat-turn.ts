import { z } from "zod";
import { maxQuestionCharacters } from "../conversations/conversation.ts";
import { startTurn } from "../conversations/start-turn.ts";
import { type RouteTable, route } from "./route.ts";
import { eventStream } from "./turn-stream.ts";

const heartbeatMs = 15_000;

/** A question that says something: not only spaces, no lone surrogates. */
export const questionShape = z
  .string()
  .max(maxQuestionCharacters)
  .refine((text) => text.trim() !== "", "expected a question")
  .refine((text) => text.isWellFormed(), "expected well-formed text");

/** What visitors ask. */
export const chatTurnRoutes: RouteTable = {
  "POST /v1/chat/turns": route({
    caller: "data-subject",
    summary: "Asks the agent a question; the answer is streamed as server-sent events.",
    body: z.strictObject({ question: questionShape }),
    answer: { 200: "Server-sent events `turn`, `delta`, `citations`, `done`, `problem`: see routes/turn-stream.ts." },
    audit: { none: "A visitor's own turn is not an audit event." },
    limit: "turn",
    idempotent: true,
    async handle(deps, subject, { body }, { idempotencyKey }) {
      const events = await startTurn(deps, subject, body.question, idempotencyKey);
      return { status: 200, headers: { "lethe-generated-by": "ai" }, stream: eventStream(events, heartbeatMs) };
    },
  }),
};
