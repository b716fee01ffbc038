import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { z } from "zod";

const root = join(import.meta.dirname, "../../emulator-data");
const slugs = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

const text = z.string().min(1);
const email = z.email().endsWith(".example");
const purpose = (id: "remember" | "improve") => z.strictObject({ id: z.literal(id), title: text, text });
const member = z.strictObject({
  email,
  password: z.string().min(12).startsWith("demo-only-"),
  role: z.enum(["owner", "admin", "privacy", "support", "viewer"]),
  name: text,
});
const tenantShape = z.strictObject({
  slug: text,
  name: text,
  region: z.enum(["eu", "us"]),
  privacyContact: z.strictObject({ name: text, email }),
  website: z.url(),
  accentColor: z.string().regex(/^#[0-9a-f]{6}$/),
  agent: z.strictObject({ name: text, greeting: text, instructions: text, handoffText: text }),
  channel: z.strictObject({ name: text, origins: z.array(z.url()) }),
  notice: z.strictObject({
    version: z.literal(1),
    text: z.string().min(80).max(400),
    purposes: z.tuple([purpose("remember"), purpose("improve")]),
  }),
  staff: z.array(member),
});
const peopleShape = z
  .array(
    z.strictObject({
      name: text,
      email,
      questions: z.array(text).min(2).max(4),
      lead: z.strictObject({ message: text }).optional(),
    }),
  )
  .length(6);
const answerableShape = z.array(
  z.strictObject({ question: text, document: text, answerContains: z.array(text).nonempty() }),
);
const unanswerableShape = z.array(z.strictObject({ question: text, why: text }));
type Answerable = z.infer<typeof answerableShape>[number];

const read = (slug: string, file: string): string => readFileSync(join(root, slug, file), "utf8");
const parse = <T>(shape: z.ZodType<T>, slug: string, file: string): T => shape.parse(JSON.parse(read(slug, file)));

interface Section {
  document: string;
  heading: string;
  passages: string[];
}

/** Every `##` section of a tenant's documents (and what precedes the first), as passages between blank lines. */
function sectionsOf(slug: string): Section[] {
  return readdirSync(join(root, slug, "documents")).flatMap((document) =>
    read(slug, `documents/${document}`)
      .split(/^(?=## )/m)
      .map((section) => ({
        document,
        heading: section.slice(0, section.indexOf("\n")),
        passages: section.toLowerCase().split(/\n{2,}/),
      })),
  );
}

const holdsAnswer = (section: Section, { answerContains }: Answerable): boolean =>
  section.passages.some((passage) => answerContains.every((part) => passage.includes(part.toLowerCase())));

const answeringSections = (sections: Section[], questions: Answerable[]): string[] =>
  questions.flatMap((question) =>
    sections.filter((section) => holdsAnswer(section, question)).map((found) => `${found.document} ${found.heading}`),
  );

const wordsOf = (question: string): Set<string> =>
  new Set(
    question
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu)
      ?.filter((word) => word.length > 3),
  );

/** The share of the two questions' longer words that they have in common, from 0 to 1. */
function likeness(left: string, right: string): number {
  const [a, b] = [wordsOf(left), wordsOf(right)];
  const common = [...a].filter((word) => b.has(word)).length;
  return common / (a.size + b.size - common);
}

it("holds two demo tenants, one in each region", () => {
  expect(slugs.map((slug) => parse(tenantShape, slug, "tenant.json").region).sort()).toEqual(["eu", "us"]);
});

describe.each(slugs)("demo tenant %s", (slug) => {
  const sections = sectionsOf(slug);
  const evaluation = parse(answerableShape, slug, "evaluation/questions.json");
  const tuning = parse(answerableShape, slug, "tuning/questions.json");
  const refusals = parse(unanswerableShape, slug, "evaluation/unanswerable.json");
  const tuningRefusals = parse(unanswerableShape, slug, "tuning/unanswerable.json");

  it("has settings and one member of staff of every role", () => {
    const tenant = parse(tenantShape, slug, "tenant.json");
    expect(tenant.slug).toBe(slug);
    expect(tenant.staff.map((person) => person.role)).toEqual(["owner", "admin", "privacy", "support", "viewer"]);
    expect(new Set(tenant.staff.map((person) => person.email)).size).toBe(5);
  });

  it("has six visitors with addresses of their own", () => {
    const people = parse(peopleShape, slug, "people.json");
    expect(new Set(people.map((person) => person.email)).size).toBe(6);
    expect(people.some((person) => person.lead)).toBe(true);
  });

  it("has at least 16 documents of 250 to 600 words under one title", () => {
    const documents = readdirSync(join(root, slug, "documents"));
    expect(documents.length).toBeGreaterThanOrEqual(16);
    for (const document of documents) {
      const body = read(slug, `documents/${document}`);
      const words = body.split(/\s+/).length;
      expect({ document, title: /^# \S/.test(body), headings: (body.match(/^## /gm) ?? []).length > 2 }).toEqual({
        document,
        title: true,
        headings: true,
      });
      expect({ document, fits: words >= 250 && words <= 600 }).toEqual({ document, fits: true });
    }
  });

  it("asks 30 and 10 questions to evaluate, 12 and 6 to tune", () => {
    expect([evaluation, refusals, tuning, tuningRefusals].map((list) => list.length)).toEqual([30, 10, 12, 6]);
  });

  it.each([...evaluation, ...tuning])("answers in one document only: $question", (question) => {
    const found = sections.filter((section) => holdsAnswer(section, question));
    expect(found.map((section) => section.document)).toEqual([question.document]);
  });

  it("evaluates every document", () => {
    const asked = new Set(evaluation.map((question) => question.document));
    expect([...asked].sort()).toEqual([...new Set(sections.map((section) => section.document))].sort());
  });

  it("tunes on no section that is evaluated", () => {
    const evaluated = new Set(answeringSections(sections, evaluation));
    expect(answeringSections(sections, tuning).filter((section) => evaluated.has(section))).toEqual([]);
  });

  it("tunes on no question worded like an evaluated one", () => {
    const evaluated = [...evaluation, ...refusals].map(({ question }) => question);
    const alike = [...tuning, ...tuningRefusals].flatMap(({ question }) =>
      evaluated.filter((other) => likeness(question, other) > 0.4).map((other) => [question, other]),
    );
    expect(alike).toEqual([]);
  });

  it("asks like a customer instead of quoting the document", () => {
    const passages = sections.flatMap((section) => section.passages).join("\n");
    const quoted = [...evaluation, ...tuning].filter(({ question }) =>
      passages.includes(question.toLowerCase().replace(/\W+$/, "")),
    );
    expect(quoted).toEqual([]);
  });

  it("has a demo page with the loader's line once, before </body>, and no request to another site", () => {
    const page = read(slug, "demo-page/index.html");
    const loader = '<script async src="{{loader}}" data-channel="{{channelKey}}" data-api="{{api}}"></script>';
    expect(page.split(loader)).toHaveLength(2);
    expect(page.slice(page.indexOf(loader) + loader.length).trim()).toMatch(/^<\/body>\s*<\/html>$/);
    expect(page.match(/\{\{/g)).toHaveLength(3);
    expect(page.match(/(?:src|href|action)="(?:https?:)?\/\/[^"]*"/g)).toBeNull();
    expect(read(slug, "demo-page/style.css")).not.toMatch(/url\(|@import/);
  });
});
