import { defaultDimensions, embed } from "./embedding.ts";
import { sentencesOf, type Term, termsOf } from "./text-features.ts";

/** What the product puts into the system instruction for each retrieved chunk. */
export type Passage = { id: string; title: string; text: string };

/** What the product's instruction tells a model to say when the passages do not hold the answer. */
export const noAnswer = "[[no-answer]]";

/**
 * What the best passage must reach: the share of the question's weight that it covers and its likeness together. Chosen on the
 * tuning questions of `emulator-data/` alone.
 */
const leastRelevance = 1;
/** How much the best sentences count, beside the whole passage, when one passage is chosen. */
const runShare = 0.6;
/** How much a word counts that stands in the title alone. */
const titleShare = 0.7;
const maxSentences = 3;
/** What a further sentence must add, as a share of the question's weight. */
const costPerSentence = 0.06;

/** @returns the passages that a system instruction holds as `<passage id="1" title="...">text</passage>`. */
export function passagesOf(instruction: string): Passage[] {
  const pattern = /<passage\s+id="([^"]*)"(?:\s+title="([^"]*)")?[^>]*>([\s\S]*?)<\/passage>/g;
  return [...instruction.matchAll(pattern)].map(([, id = "", title = "", text = ""]) => ({
    id,
    title: unescaped(title),
    text: unescaped(text).trim(),
  }));
}

/**
 * Answers a question in the passages' own words: the one to three sentences that say most about it, each with its source.
 *
 * @param question - the visitor's last message.
 * @param earlier - their message before it, for questions that only make sense after it; may be empty.
 * @returns the answer with `[id]` after each sentence, or exactly `[[no-answer]]` when nothing is relevant enough.
 */
export function answerFrom(passages: readonly Passage[], question: string, earlier = ""): string {
  const asked = questionTerms(question, earlier);
  if (asked.length === 0) return noAnswer;
  const found = passages.map((passage) => ({ passage, relevance: relevance(asked, question, passage) }));
  if (!found.some((one) => one.relevance >= leastRelevance)) return noAnswer;
  const [best] = found
    .map((one) => ({ ...one, ...bestSentences(asked, one.passage) }))
    .sort((left, right) => right.relevance + runShare * right.value - left.relevance - runShare * left.value);
  if (best === undefined) return noAnswer;
  return best.sentences.map((sentence) => `${endedSentence(sentence)} [${best.passage.id}]`).join(" ");
}

function relevance(asked: readonly Term[], question: string, { title, text }: Passage): number {
  const [left, right] = [embed(question), embed(`${title}\n${text}`, defaultDimensions, "RETRIEVAL_DOCUMENT")];
  const likeness = left.reduce((sum, value, at) => sum + value * (right[at] ?? 0), 0);
  const withTitle = coverage(asked, termsOf(`${title} ${text}`));
  const alone = coverage(asked, termsOf(text));
  return titleShare * withTitle + (1 - titleShare) * alone + likeness;
}

function questionTerms(question: string, earlier: string): Term[] {
  const terms = termsOf(question);
  const weight = terms.reduce((sum, term) => sum + term.weight, 0);
  return distinct(weight >= 1 ? terms : [...terms, ...termsOf(earlier)]);
}

/** The run of sentences that says most, short ones preferred: a fact and what it refers to mostly stand together. */
function bestSentences(asked: readonly Term[], passage: Passage): { sentences: string[]; value: number } {
  const sentences = sentencesOf(passage.text).map((text) => ({ text, terms: termsOf(text) }));
  const telling = byRarity(
    asked,
    sentences.map((sentence) => sentence.terms),
  );
  let best = { value: -1, run: sentences.slice(0, 1) };
  for (let length = 1; length <= maxSentences; length++) {
    for (let at = 0; at + length <= sentences.length; at++) {
      const run = sentences.slice(at, at + length);
      const terms = run.flatMap((sentence) => sentence.terms);
      const value = coverage(telling, terms) - costPerSentence * length;
      if (value > best.value + 1e-9) best = { value, run };
    }
  }
  return { sentences: best.run.map((sentence) => sentence.text), value: best.value };
}

/** A word that stands in every sentence of the passage does not tell them apart. */
function byRarity(asked: readonly Term[], sentences: readonly (readonly Term[])[]): Term[] {
  return asked.map((term) => {
    const holding = sentences.filter((terms) => coverage([term], terms) > 0).length;
    return { ...term, weight: term.weight * Math.log(1 + sentences.length / Math.max(holding, 1)) };
  });
}

/** @returns the share of the question's weight that `offered` covers, 0 to 1. */
export function coverage(asked: readonly Term[], offered: readonly Term[]): number {
  const stems = new Set(offered.map((term) => term.stem));
  const concepts = new Set(offered.flatMap((term) => term.concepts));
  let covered = 0;
  let whole = 0;
  for (const term of asked) {
    whole += term.weight;
    if (stems.has(term.stem)) covered += term.weight;
    else if (term.concepts.some((concept) => concepts.has(concept))) covered += 0.85 * term.weight;
    else if (offered.some((other) => isRelated(term.stem, other.stem))) covered += 0.7 * term.weight;
  }
  return whole === 0 ? 0 : covered / whole;
}

/** Whether two stems are likely of one family: `subscrib` and `subscript`. */
function isRelated(left: string, right: string): boolean {
  const longer = Math.max(left.length, right.length);
  let common = 0;
  while (common < longer && left[common] === right[common]) common += 1;
  return common >= 5 && common / longer >= 0.65;
}

function distinct(terms: readonly Term[]): Term[] {
  return [...new Map(terms.map((term) => [term.stem, term])).values()];
}

function endedSentence(sentence: string): string {
  return /[.!?:]$/.test(sentence) ? sentence : `${sentence}.`;
}

function unescaped(text: string): string {
  return text
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&apos;|&#39;/g, "'")
    .replace(/&amp;/g, "&");
}
