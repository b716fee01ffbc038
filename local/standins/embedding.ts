import { conceptNames } from "./concepts.ts";
import { type Term, termsOf } from "./text-features.ts";

/** As Vertex AI's text embedding models name them. */
export type TaskType = "RETRIEVAL_QUERY" | "RETRIEVAL_DOCUMENT" | "other";

export const defaultDimensions = 768;
export const maxDimensions = 1024;

/** How much each kind of feature counts: what is meant more than how it is said, neighbors and word parts a little. */
const weights = { known: 0.25, stem: 0.8, concept: 1, pair: 0.3, gram: 0.15 } as const;
const gramLength = 4;
/** What a text is about stands in its first lines, when these are short: a title, a heading. */
const headingWeight = 1.6;
const headingCharacters = 80;
/** Concepts have places of their own, so that they never collide; other features are hashed into the rest. */
const conceptPlaces = new Map(conceptNames.map((name, place) => [name, place]));
/** What any two texts have in common, as with real models, whose vectors of unlike texts are not at right angles either. */
const commonShare = 0.11;

/**
 * A text as a unit vector: concepts, stems, neighboring pairs and character n-grams, counts damped by a logarithm. The same text always gives the same vector, on every machine.
 *
 * @param dimensions - at most 1,024.
 */
export function embed(text: string, dimensions: number = defaultDimensions, task: TaskType = "other"): number[] {
  const features = new Map<string, number>();
  for (const { text: part, weight } of task === "RETRIEVAL_DOCUMENT" ? partsOf(text) : [{ text, weight: 1 }]) {
    for (const [feature, value] of featuresOf(termsOf(part))) {
      features.set(feature, Math.max(features.get(feature) ?? 0, weight * value));
    }
  }
  const vector = new Float64Array(dimensions - 1);
  const reserved = conceptNames.length <= vector.length / 2 ? conceptNames.length : 0;
  for (const [feature, weight] of features) {
    const concept = reserved === 0 ? undefined : conceptPlaces.get(feature);
    const hash = fnv1a(feature);
    const index = concept === undefined ? reserved + (hash % (vector.length - reserved)) : concept;
    vector[index] = (vector[index] ?? 0) + (concept === undefined && hash & 0x80000000 ? -weight : weight);
  }
  const length = Math.hypot(...vector);
  if (length === 0) return [1, ...vector];
  const own = Math.sqrt(1 - commonShare) / length;
  return [Math.sqrt(commonShare), ...vector.map((value) => value * own)];
}

function partsOf(text: string): { text: string; weight: number }[] {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.length > headingCharacters || /[.!?:]$/.test(line));
  if (at <= 0) return [{ text, weight: 1 }];
  return [
    { text: lines.slice(0, at).join("\n"), weight: headingWeight },
    { text: lines.slice(at).join("\n"), weight: 1 },
  ];
}

function featuresOf(terms: readonly Term[]): Map<string, number> {
  const counts = new Map<string, { count: number; weight: number }>();
  const add = (feature: string, weight: number) => {
    const known = counts.get(feature);
    counts.set(feature, { count: (known?.count ?? 0) + 1, weight: Math.max(weight, known?.weight ?? 0) });
  };
  terms.forEach((term, at) => {
    if (!term.stem.startsWith("="))
      add(`s:${term.stem}`, (term.concepts.length > 0 ? weights.known : weights.stem) * term.weight);
    for (const concept of term.concepts) {
      add(concept, (weights.concept * term.weight) / Math.sqrt(term.concepts.length));
    }
    const next = terms[at + 1];
    if (next !== undefined) add(`p:${term.stem} ${next.stem}`, weights.pair * Math.min(term.weight, next.weight));
    const padded = `^${term.word}$`;
    for (let start = 0; start + gramLength <= padded.length; start++) {
      add(`g:${padded.slice(start, start + gramLength)}`, weights.gram * term.weight);
    }
  });
  return new Map([...counts].map(([feature, { count, weight }]) => [feature, weight * (1 + 0.5 * Math.log(count))]));
}

/** FNV-1a over UTF-16 units, with a final mix so that the low bits are as good as the high ones. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
