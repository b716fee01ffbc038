import { type Term, termsOf } from "./text-features.ts";

/** As Vertex AI's text embedding models name them. */
export type TaskType = "RETRIEVAL_QUERY" | "RETRIEVAL_DOCUMENT" | "other";

export const defaultDimensions = 768;
export const maxDimensions = 1024;

/** How much each kind of feature counts. Queries lean on meaning; documents also offer word parts and neighbors. */
const weights = {
  RETRIEVAL_QUERY: { stem: 1, pair: 0.5, gram: 0.12 },
  RETRIEVAL_DOCUMENT: { stem: 1, pair: 0.3, gram: 0.12 },
  other: { stem: 1, pair: 0.4, gram: 0.12 },
} as const;
const gramLength = 4;

/**
 * A text as a unit vector: stems, neighboring pairs and character n-grams hashed into `dimensions` with a sign each, counts
 * damped by a logarithm. The same text always gives the same vector, on every machine.
 *
 * @param dimensions - at most 1,024.
 */
export function embed(text: string, dimensions: number = defaultDimensions, task: TaskType = "other"): number[] {
  const vector = new Float64Array(dimensions);
  for (const [feature, weight] of featuresOf(termsOf(text), task)) {
    const hash = fnv1a(feature);
    const index = hash % dimensions;
    vector[index] = (vector[index] ?? 0) + (hash & 0x80000000 ? -weight : weight);
  }
  const length = Math.hypot(...vector);
  if (length === 0) return [1, ...new Array<number>(dimensions - 1).fill(0)];
  return Array.from(vector, (value) => value / length);
}

function featuresOf(terms: readonly Term[], task: TaskType): Map<string, number> {
  const kind = weights[task];
  const counts = new Map<string, { count: number; weight: number }>();
  const add = (feature: string, weight: number) => {
    const known = counts.get(feature);
    counts.set(feature, { count: (known?.count ?? 0) + 1, weight: Math.max(weight, known?.weight ?? 0) });
  };
  terms.forEach((term, at) => {
    add(`s:${term.stem}`, kind.stem * term.weight);
    const next = terms[at + 1];
    if (next !== undefined) add(`p:${term.stem} ${next.stem}`, kind.pair * Math.min(term.weight, next.weight));
    const padded = `^${term.word}$`;
    for (let start = 0; start + gramLength <= padded.length; start++) {
      add(`g:${padded.slice(start, start + gramLength)}`, kind.gram * term.weight);
    }
  });
  return new Map([...counts].map(([feature, { count, weight }]) => [feature, weight * (1 + Math.log(count))]));
}

/** FNV-1a over UTF-16 units, with a final mix so that the low bits are as good as the high ones. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
