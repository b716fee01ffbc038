import { z } from "zod";
import { channelSettings } from "../agents/channel-settings.ts";
import { changeConsent, readConsentChoices } from "../conversations/change-consent.ts";
import { newConversation } from "../conversations/new-conversation.ts";
import { readHistory } from "../conversations/read-history.ts";
import { startIdentifiedSession } from "../conversations/start-identified-session.ts";
import { startSession } from "../conversations/start-session.ts";
import { createLead } from "../leads/create-lead.ts";
import { text, time } from "./console/shapes.ts";
import { panelPage } from "./panel-page.ts";
import { type RouteTable, route } from "./route.ts";
import { secret } from "./secret.ts";
import { answerBody, answerShape } from "./turn-stream.ts";

const channelQuery = z.strictObject({ channel: z.string().max(200) });
const purposeId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/);
const consents = z.record(purposeId, z.boolean());
const noticeVersion = z.int().min(1);

const sessionShape = z.strictObject({
  token: secret(z.string()),
  expiresAt: z.iso.datetime(),
  conversationId: z.string(),
  consents,
});

const settingsShape = z.strictObject({
  name: z.string(),
  businessName: z.string(),
  accentColor: z.string(),
  greeting: z.string(),
});

const historyShape = z.strictObject({
  conversationId: z.string(),
  state: z.enum(["open", "closed"]),
  consents,
  noticeVersion,
  turns: z.array(
    answerShape.partial().extend({
      turnId: z.string(),
      state: z.enum(["answering", "answered", "failed"]),
      question: z.string(),
      handoff: z.boolean(),
      citations: answerShape.shape.citations,
      askedAt: z.iso.datetime(),
      answeredAt: z.iso.datetime().optional(),
    }),
  ),
  more: z.boolean(),
});

const choicesShape = z.strictObject({
  noticeVersion,
  purposes: z.array(
    z.strictObject({ id: purposeId, title: z.string(), text: z.string(), given: z.boolean(), asked: z.boolean() }),
  ),
});

const leadBody = z
  .strictObject({
    name: text(200).optional(),
    email: z.email().max(320).optional(),
    phone: text(30)
      .regex(/^[+]?[\d\s()-]{5,30}$/)
      .optional(),
    message: text(4_000),
  })
  .refine(({ email, phone }) => email !== undefined || phone !== undefined, "expected an email or a phone");

/** What the widget asks, besides questions. */
export const widgetRoutes: RouteTable = {
  "GET /v1/widget/settings": route({
    caller: "channel",
    summary: "What the widget's button shows.",
    query: channelQuery,
    answer: { 200: settingsShape },
    audit: { none: "Public settings of the business." },
    limit: "public-read",
    cors: "any-origin",
    async handle(deps, visitor) {
      const { tenant, channel, agent } = await channelSettings(deps, visitor);
      const { accentColor } = channel;
      const body = { name: agent.name, businessName: tenant.name, accentColor, greeting: agent.greeting };
      return { status: 200, body, headers: { "cache-control": "public, max-age=60" } };
    },
  }),
  "GET /v1/widget/panel": route({
    caller: "channel",
    summary:
      "The chat panel, a page for the widget's frame; `notice` is the least version of the notice that it shows, for a page that was refused with `consent-required`.",
    query: channelQuery.extend({ notice: z.coerce.number().int().min(1).optional() }),
    answer: { 200: "HTML." },
    audit: { none: "Public settings of the business." },
    limit: "public-read",
    async handle(deps, visitor, { query }) {
      const page = panelPage(deps.config, query.channel, await channelSettings(deps, visitor, query.notice));
      return { status: 200, content: page.html, contentType: "text/html; charset=utf-8", headers: page.headers };
    },
  }),
  "POST /v1/widget/sessions": route({
    caller: "channel",
    summary:
      "Begins a conversation with a visitor, who saw the notice and answered each purpose; `identity` is a token that the business signed, and leads a person it vouches for back to an earlier conversation.",
    body: z.strictObject({
      noticeVersion,
      noticeAcknowledged: z.literal(true),
      consents,
      identity: secret(z.string().min(1).max(8_000)).optional(),
    }),
    answer: { 201: sessionShape },
    audit: "session-started",
    limit: "session",
    idempotent: true,
    async handle(deps, visitor, { body }, { idempotencyKey }) {
      const { identity, ...answers } = body;
      const session =
        identity === undefined
          ? await startSession(deps, visitor, answers, idempotencyKey)
          : await startIdentifiedSession(deps, visitor, answers, identity, idempotencyKey);
      return { status: 201, body: session };
    },
  }),
  "GET /v1/widget/history": route({
    caller: "data-subject",
    summary: "The visitor's own conversation: the newest 50 turns before a time, oldest first.",
    query: z.strictObject({ before: time.optional() }),
    answer: { 200: historyShape },
    audit: { none: "A person reads what the person wrote." },
    limit: "public-read",
    async handle(deps, subject, { query }) {
      const before = query.before === undefined ? undefined : new Date(query.before);
      const { head, turns, more } = await readHistory(deps, subject, before);
      const body = {
        conversationId: head.id,
        state: head.state,
        consents: head.consents,
        noticeVersion: head.noticeVersion,
        turns: turns.map(({ answer, ...turn }) =>
          answer === undefined
            ? { ...turn, handoff: false, citations: [] }
            : { ...turn, ...answerBody(answer), answeredAt: answer.answeredAt },
        ),
        more,
      };
      return { status: 200, body };
    },
  }),
  "POST /v1/widget/conversations": route({
    caller: "data-subject",
    summary: "Begins a further conversation of the same person.",
    body: z.strictObject({}),
    answer: { 201: sessionShape },
    audit: "conversation-started",
    limit: "visitor-write",
    idempotent: true,
    async handle(deps, subject, _input, { idempotencyKey }) {
      return { status: 201, body: await newConversation(deps, subject, idempotencyKey) };
    },
  }),
  "GET /v1/widget/consents": route({
    caller: "data-subject",
    summary: "What the visitor may consent to, and what is in force, also where the notice no longer asks for it.",
    answer: { 200: choicesShape },
    audit: { none: "A person reads what the person chose." },
    limit: "public-read",
    async handle(deps, subject) {
      return { status: 200, body: await readConsentChoices(deps, subject) };
    },
  }),
  "POST /v1/widget/consents": route({
    caller: "data-subject",
    summary: "Gives one consent under the notice in force, or withdraws one that is in force.",
    body: z.strictObject({ purpose: purposeId, given: z.boolean(), noticeVersion }),
    answer: { 200: sessionShape },
    audit: "consent-given",
    limit: "visitor-write",
    idempotent: true,
    async handle(deps, subject, { body }, { idempotencyKey }) {
      return { status: 200, body: await changeConsent(deps, subject, body, idempotencyKey) };
    },
  }),
  "POST /v1/widget/leads": route({
    caller: "data-subject",
    summary: "Leaves contact details and a message for a person to answer.",
    body: leadBody,
    answer: { 201: z.strictObject({ leadId: z.string(), createdAt: z.iso.datetime() }) },
    audit: "lead-created",
    limit: "visitor-write",
    idempotent: true,
    async handle(deps, subject, { body }, { idempotencyKey }) {
      const { message, name, email, phone } = body;
      const texts = { message, ...(name && { name }), ...(email && { email }), ...(phone && { phone }) };
      const lead = await createLead(deps, subject, texts, idempotencyKey);
      return { status: 201, body: { leadId: lead.id, createdAt: lead.createdAt } };
    },
  }),
};
