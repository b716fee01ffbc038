import { z } from "zod";
import { permissions, roles } from "../../identity/permissions.ts";
import { cursorOf } from "../../platform/page-cursor.ts";

/** An id that may stand in a path. */
export const recordId = z.string().regex(/^(?!__)[A-Za-z0-9_-]{1,128}$/, "expected an id");

/** Text that people write: trimmed, well-formed, not empty. */
export const text = (maxCharacters: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(maxCharacters)
    .refine((value) => value.isWellFormed(), "expected well-formed text");

/** Why somebody does something, in their own words: lines of text, and nothing that a page would not show. */
export const reason = text(500).refine((value) => !/[^\P{Cc}\t\n\r]/u.test(value), "expected no control characters");

/** A time that a record of ours can have; a database takes no year 0. */
export const time = z.iso
  .datetime()
  .regex(/^[12]\d{3}-/)
  // Beside a second rule the description of the API would lose it.
  .meta({ format: "date-time" });

/** An e-mail address as people type it. */
export const address = z.string().trim().toLowerCase().pipe(z.email().max(320));

const exampleCursor = cursorOf({ time: new Date(0), id: "abc" });

/** How a list is paged: `cursor` is the page before's `nextCursor`. */
export const page = {
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .min(1)
    .max(300)
    .meta({ examples: [exampleCursor] })
    .optional(),
};

export const nextCursor = z.string().optional();

export const role = z.enum(roles);
export const permission = z.enum(permissions);

/** Who asked for something, as records name them. */
export const actor = z.strictObject({ kind: z.string(), id: z.string() });

/** The caller to themselves. */
export const meShape = z.strictObject({
  tenantId: z.string(),
  region: z.enum(["eu", "us"]),
  tenantName: z.string(),
  tenantStatus: z.enum(["active", "closing"]),
  actor,
  name: z.string(),
  email: z.string().optional(),
  role: z.enum([...roles, "api-key"]),
  permissions: z.array(permission),
  sessionExpiresAt: time.optional(),
});

/** The grounds of Art. 18(1). */
export const restrictionGround = z.enum(["accuracy", "unlawful", "claims", "objection"]);

/** What Art. 18(2) lets a restricted person's data be used for, and why. */
export const restrictedUse = z.strictObject({
  ground: z.enum(["consent", "claims", "rights-of-others", "public-interest"]),
  reason,
});

export const subjectShape = z.strictObject({
  subjectId: recordId,
  state: z.enum(["active", "restricted", "erasing"]),
  profile: z.strictObject({
    name: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
    reference: z.string().optional(),
    verifiedEmail: z.string().optional(),
    verifiedEmails: z.array(z.string()).optional(),
    verifiedPhones: z.array(z.string()).optional(),
  }),
  restriction: z
    .strictObject({
      grounds: z.array(restrictionGround),
      since: time,
      objection: z.enum(["undecided", "upheld", "rejected"]).optional(),
    })
    .optional(),
  createdAt: time,
});

export const conversationShape = z.strictObject({
  conversationId: recordId,
  subjectId: recordId,
  subjectState: z.enum(["active", "restricted", "erasing"]),
  channelId: recordId,
  state: z.enum(["open", "closed"]),
  turnCount: z.int(),
  startedAt: time,
  lastTurnAt: time.optional(),
  unread: z.boolean(),
  assignee: z.string().optional(),
  tags: z.array(z.string()),
});

export const leadShape = z.strictObject({
  leadId: recordId,
  subjectId: recordId,
  subjectState: z.enum(["active", "restricted", "erasing"]),
  conversationId: recordId,
  channelId: recordId,
  state: z.enum(["new", "handled"]),
  createdAt: time,
  name: z.string().optional(),
  email: z.string().optional(),
  phone: z.string().optional(),
  message: z.string().optional(),
});

export const consentShape = z.strictObject({
  consentId: recordId,
  purpose: z.string(),
  given: z.boolean(),
  noticeVersion: z.int(),
  channelId: recordId,
  createdAt: time,
});
