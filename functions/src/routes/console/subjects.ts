import { z } from "zod";
import { consentsOfPerson } from "../../consent/consents-of-person.ts";
import { listConversations } from "../../conversations/list-conversations.ts";
import { leadsOfPerson } from "../../leads/leads-of-person.ts";
import { identifiersForStaff } from "../../subjects/identifiers-of-person.ts";
import { readSubjectAsStaff } from "../../subjects/read-subject.ts";
import { searchSubjects } from "../../subjects/search-subjects.ts";
import { type RouteTable, route } from "../route.ts";
import { wireLead } from "./leads.ts";
import { address, consentShape, conversationShape, leadShape, recordId, subjectShape, text } from "./shapes.ts";

type ConsentRecord = Awaited<ReturnType<typeof consentsOfPerson>>[number];

function wireConsent({ id: consentId, purpose, given, noticeVersion, channelId, createdAt }: ConsentRecord) {
  return { consentId, purpose, given, noticeVersion, channelId, createdAt };
}

/** Data subjects as staff look them up. */
export const subjectRoutes = {
  "GET /v1/subjects/{subjectId}": route({
    caller: "subjects:read",
    summary: "A person: profile, identifiers, conversations without text, leads, consents",
    params: z.strictObject({ subjectId: recordId }),
    answer: {
      200: z.strictObject({
        subject: subjectShape,
        identifiers: z.array(
          z.strictObject({
            kind: z.enum(["email", "phone", "reference"]),
            level: z.enum(["verified", "stated", "unclaimed"]),
            value: z.string().optional(),
          }),
        ),
        conversations: z.array(conversationShape),
        leads: z.array(leadShape),
        consents: z.array(consentShape),
      }),
    },
    audit: "subject-read",
    limit: "staff-read",
    handle: async (deps, staff, { params: { subjectId } }) => {
      const subject = await readSubjectAsStaff(deps, staff, subjectId);
      const { conversations } = await listConversations(deps, staff, { limit: 100, subjectId });
      const leads = await leadsOfPerson(deps, staff, subjectId);
      const consents = await consentsOfPerson(deps, staff, subjectId);
      const identifiers = await identifiersForStaff(deps, staff, subject);
      return {
        status: 200,
        body: { subject, identifiers, conversations, leads: leads.map(wireLead), consents: consents.map(wireConsent) },
      };
    },
  }),
  "POST /v1/subjects/search": route({
    caller: "subjects:search",
    summary:
      "Find persons by the address or number that was given, or by the business's own reference; it stands in the body, never in a URL",
    body: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("email"), value: address }),
      z.strictObject({ kind: z.literal("phone"), value: text(40).regex(/\d/) }),
      z.strictObject({ kind: z.literal("reference"), value: text(200) }),
    ]),
    answer: {
      200: z.strictObject({
        subjects: z.array(z.strictObject({ subjectId: recordId, verified: z.boolean(), subject: subjectShape })),
      }),
    },
    audit: "subject-searched",
    limit: "staff-read",
    handle: async (deps, staff, { body }) => ({
      status: 200,
      body: { subjects: await searchSubjects(deps, staff, body.kind, body.value) },
    }),
  }),
} as const satisfies RouteTable;
