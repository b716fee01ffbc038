import type { RestrictedUse } from "../api/conversations.ts";
import type { Hold } from "../api/privacy-shapes.ts";
import type { Ground, Identifier, Restriction } from "../api/shapes.ts";
import { count } from "./things.ts";

/** The grounds of Art. 18(1), as staff choose among them. */
export const grounds: readonly { value: Exclude<Ground, "objection">; title: string; text: string }[] = [
  {
    value: "accuracy",
    title: "Accuracy is contested",
    text: "Until you have checked whether what you hold is right. Art. 18(1)(a)",
  },
  {
    value: "unlawful",
    title: "Unlawful, but not to be erased",
    text: "The person asks for restriction instead of erasure. Art. 18(1)(b)",
  },
  {
    value: "claims",
    title: "Needed for the person's legal claims",
    text: "You need it no longer; the person does. Art. 18(1)(c)",
  },
];

/** What restricted data may be used for, besides keeping it. */
export const restrictedUses: readonly { value: RestrictedUse["ground"]; title: string; text: string }[] = [
  { value: "consent", title: "The person agreed", text: "To this use. Withdrawn, it ends." },
  { value: "claims", title: "Legal claims", text: "To establish, exercise or defend them." },
  { value: "rights-of-others", title: "Rights of somebody else", text: "To protect another person or a company." },
  { value: "public-interest", title: "Important public interest", text: "Of the Union or a member state." },
];

const groundNames: Readonly<Record<Ground, string>> = {
  accuracy: "its accuracy is contested (Art. 18(1)(a))",
  unlawful: "it was unlawful, and the person opposes erasure (Art. 18(1)(b))",
  claims: "the person needs it for legal claims (Art. 18(1)(c))",
  objection: "the person objected (Art. 18(1)(d))",
};

/** Why processing is restricted, to follow `because`. */
export function groundText(grounds: readonly Ground[]): string {
  return grounds.map((ground) => groundNames[ground]).join("; ");
}

/** The grounds that can be taken away, as staff choose among them: an objection is decided first. */
export function liftable({ grounds: given, objection }: Restriction): readonly { value: Ground; title: string }[] {
  const titles = new Map<Ground, string>(grounds.map(({ value, title }) => [value, title]));
  return given.flatMap((value) =>
    value === "objection" && objection === "undecided"
      ? []
      : [{ value, title: titles.get(value) ?? "The person objected" }],
  );
}

/** How an objection stands. */
export function objectionText(restriction: Restriction | undefined): string {
  if (restriction?.objection === "undecided") return "Waits for your decision; processing is restricted until then.";
  if (restriction?.objection === "upheld") return "Upheld: processing stays restricted.";
  if (restriction?.objection === "rejected") return "Rejected. The restriction stands on another ground.";
  return "None is open. An objection restricts processing at once, until you decide it (Art. 21).";
}

/** What can be corrected of a person, with its name. */
export const correctable = [
  { field: "name", title: "Name" },
  { field: "email", title: "E-mail" },
  { field: "phone", title: "Phone" },
] as const;

export type Correctable = (typeof correctable)[number]["field"];

/** A field before and after; undefined where nothing is kept. */
export interface Correction {
  field: Correctable;
  title: string;
  before: string | undefined;
  after: string | undefined;
}

/** The fields that a correction changes; an emptied one is removed. */
export function corrections(
  before: Readonly<Partial<Record<Correctable, string>>>,
  typed: Readonly<Record<Correctable, string>>,
): readonly Correction[] {
  return correctable.flatMap(({ field, title }) => {
    const text = typed[field].trim();
    const after = text === "" ? undefined : text;
    return before[field] === after ? [] : [{ field, title, before: before[field], after }];
  });
}

/** A correction as the API takes it. */
export function correctionBody(changes: readonly Correction[]): Record<string, string | null> {
  return Object.fromEntries(changes.map(({ field, after }) => [field, after ?? null]));
}

/** What leads to a person, by kind. */
export const identifierNames: Readonly<Record<Identifier["kind"], string>> = {
  email: "E-mail",
  phone: "Phone",
  reference: "Your reference",
};

/** Whom a lifted restriction is told to first: every verified e-mail address whose words are kept, and no other. */
export function toldBefore(identifiers: readonly Identifier[]): readonly string[] {
  return identifiers.flatMap(({ kind, level, value }) =>
    kind === "email" && level === "verified" && value !== undefined ? [value] : [],
  );
}

/** What a hold keeps: `2 conversations and 1 lead`. */
export function heldText(items: Hold["items"]): string {
  const conversations = items.filter(({ kind }) => kind === "conversation").length;
  const leads = items.length - conversations;
  const parts = [
    ...(conversations > 0 ? [count(conversations, "conversation")] : []),
    ...(leads > 0 ? [count(leads, "lead")] : []),
  ];
  return parts.join(" and ");
}

/** The end of a day that was chosen by date, where the reader is. @param date - `yyyy-mm-dd` */
export function endOfDay(date: string): Date | undefined {
  const end = new Date(`${date}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end;
}

/** A time as a date field takes it. */
export function dateField(at: Date): string {
  const two = (part: number) => String(part).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
