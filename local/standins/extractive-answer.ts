import { sentencesOf, type Term, termsOf } from "./text-features.ts";

/** What the product puts into the system instruction for each retrieved chunk. */
export type Passage = { id: string; title: string; text: string };

/** What the product's instruction tells a model to say when the passages do not hold the answer. */
export const noAnswer = "[[no-answer]]";

/** Share of the question's weight that its best passage must cover; chosen on the tuning questions alone. */
const leastCoverage = 0.6;
const maxSentences = 3;
/** A further sentence must add this share of the question's weight. */
const leastGain = 0.12;

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
  const best = passages
    .map((passage) => ({ passage, coverage: coverage(asked, termsOf(`${passage.title} ${passage.text}`)) }))
    .sort((left, right) => right.coverage - left.coverage)[0];
  if (best === undefined || best.coverage < leastCoverage) return noAnswer;
  const sentences = bestSentences(asked, best.passage);
  return sentences.map((sentence) => `${endedSentence(sentence)} [${best.passage.id}]`).join(" ");
}

function questionTerms(question: string, earlier: string): Term[] {
  const terms = termsOf(question);
  const weight = terms.reduce((sum, term) => sum + term.weight, 0);
  return distinct(weight >= 1 ? terms : [...terms, ...termsOf(earlier)]);
}

function bestSentences(asked: readonly Term[], passage: Passage): string[] {
  const candidates = sentencesOf(passage.text).map((text, at) => ({ text, at, terms: termsOf(text) }));
  const chosen: typeof candidates = [];
  let covered = 0;
  while (chosen.length < maxSentences) {
    const known = chosen.flatMap((sentence) => sentence.terms);
    const next = candidates
      .filter((sentence) => !chosen.includes(sentence))
      .map((sentence) => ({ sentence, reach: coverage(asked, [...known, ...sentence.terms]) }))
      .sort((left, right) => right.reach - left.reach || left.sentence.at - right.sentence.at)[0];
    if (next === undefined || (chosen.length > 0 && next.reach - covered < leastGain)) break;
    chosen.push(next.sentence);
    covered = next.reach;
  }
  return chosen.sort((left, right) => left.at - right.at).map((sentence) => sentence.text);
}

/** @returns the share of the question's weight that `offered` covers, 0 to 1. */
export function coverage(asked: readonly Term[], offered: readonly Term[]): number {
  const stems = new Set(offered.map((term) => term.stem));
  let covered = 0;
  let whole = 0;
  for (const term of asked) {
    whole += term.weight;
    if (stems.has(term.stem)) covered += term.weight;
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
