import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { channelSettings } from "../../functions/src/agents/channel-settings.ts";
import { answerQuestion } from "../../functions/src/conversations/answer-question.ts";
import { embedQuestion } from "../../functions/src/knowledge/embed-question.ts";
import { findPassages } from "../../functions/src/knowledge/find-passages.ts";
import { listDocuments } from "../../functions/src/knowledge/list-documents.ts";
import { type DemoTenant, readDemoTenants } from "../seed/demo-files.ts";
import { type Business, freshProject, type Measured, measuredDeps, openBusiness } from "./business.ts";
import { withEmulators } from "./emulators.ts";
import { atLeast, type Figure } from "./figure.ts";

const answerable = z.array(z.object({ question: z.string(), document: z.string() }));
const unanswerable = z.array(z.object({ question: z.string() }));

function evaluation(slug: string, name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, "../../emulator-data", slug, "evaluation", name), "utf8"));
}

/** How many of a business's evaluation questions found their document, or were refused. */
type Score = { asked: number; hits: number; unanswerable: number; refused: number };

/** The rest of a generator's work, without its pieces. */
async function resultOf<T>(pieces: AsyncGenerator<string, T>): Promise<T> {
  let piece = await pieces.next();
  while (!piece.done) piece = await pieces.next();
  return piece.value;
}

async function scoreOf({ deps }: Measured, { tenantId, channelId, staff }: Business, slug: string): Promise<Score> {
  const { documents } = await listDocuments(deps, staff, undefined);
  const nameOf = new Map(documents.map(({ id, fileName }) => [id, fileName]));
  const settings = await channelSettings(deps, { tenantId, channelId });
  const score: Score = { asked: 0, hits: 0, unanswerable: 0, refused: 0 };
  for (const { question, document } of answerable.parse(evaluation(slug, "questions.json"))) {
    const vector = await embedQuestion(deps, question, undefined, AbortSignal.timeout(30_000));
    const passages = await findPassages(deps, tenantId, vector, 4);
    score.asked += 1;
    if (passages.some(({ documentId }) => nameOf.get(documentId) === document)) score.hits += 1;
  }
  for (const { question } of unanswerable.parse(evaluation(slug, "unanswerable.json"))) {
    const { outcome } = await resultOf(answerQuestion(deps, settings, [], question, AbortSignal.timeout(30_000)));
    score.unanswerable += 1;
    if (outcome === "no-answer") score.refused += 1;
  }
  return score;
}

/**
 * How well the demo tenants' questions are answered by the product's own retrieval, with the stand-in's embeddings:
 * whether the document that answers is among the first four passages, and whether a question without an answer is refused.
 * The evaluation questions tune nothing; `tuning/` does.
 *
 * @param tenants - all demo tenants unless given.
 */
export async function retrievalFigures(tenants: readonly DemoTenant[] = readDemoTenants()): Promise<Figure[]> {
  const scores = await withEmulators("demo-figures", async (environment) => {
    const measured = measuredDeps(await freshProject(environment), environment);
    const found: Score[] = [];
    for (const demo of tenants) found.push(await scoreOf(measured, await openBusiness(measured, demo), demo.slug));
    return found;
  });
  const sum = (name: keyof Score) => scores.reduce((total, score) => total + score[name], 0);
  return [
    atLeast("retrieval.standin.hitAt4", sum("hits") / sum("asked"), "share of questions", 0.9),
    atLeast("retrieval.standin.refusal", sum("refused") / sum("unanswerable"), "share of questions", 0.8),
  ];
}
