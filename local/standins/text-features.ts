/**
 * What a text is about, as far as words tell: lower-case stems without stop words, with words of one meaning mapped to one
 * concept. Fixed tables of general English; nothing is learned from any tenant's documents.
 */
import { conceptOf } from "./concepts.ts";
import { stemOf } from "./stem.ts";

const stopWords = new Set(
  `a about above after again against all also am an and any are aren't as at be because been before being below between both but
by can can't cannot could couldn't did didn't do does doesn't doing don't down during each else ever few for from further had has
have haven't having he her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its itself just let me more most
my myself no nor not of off on once only or other our ours out over own please same shall she should so some such than that
that's the their theirs them then there these they they're this those through to too under until up upon us very was wasn't we
we'd we'll we're we've were what what's when where which while who whom why will with won't would you you'd you'll you're you've
your yours yourself`.split(/\s+/),
);

/** Words that ask rather than say; they weigh a little, since "offer" or "time" is sometimes the point. */
const weakWords = new Set(
  `able actually allow anything ask available come day do get give go going got happen have help instead keep kind know like long
look make many may might mean much need offer one possible provide put question really say see show something still support sure
take tell thing time try two use using usually want way week well work`.split(/\s+/),
);
const weakWeight = 0.35;

/** One word of a text. */
export type Term = {
  /** The concept or stem by which words are compared. */
  stem: string;
  /** As written, lower case, for character n-grams. */
  word: string;
  /** From 0 to 1: how much the word says. */
  weight: number;
};

/** The words of a text that say something, in order. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (const word of wordsOf(text)) {
    if (stopWords.has(word)) continue;
    const stem = stemOf(word);
    terms.push({ stem: conceptOf(stem), word, weight: weakWords.has(word) || weakWords.has(stem) ? weakWeight : 1 });
  }
  return terms;
}

function wordsOf(text: string): string[] {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").replace(/[’‘]/g, "'").toLowerCase();
  return (plain.match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? []).map((word) => word.replace(/'s$/, ""));
}

/** Sentences of a passage, headings and list items counting as one each. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split(/\n+/)) {
    const plain = line
      .replace(/^\s*(?:#+|[-*•]|\d+[.)])\s+/, "")
      .replace(/[*_`]{1,3}/g, "")
      .trim();
    for (const sentence of plain.split(/(?<=[.!?])\s+(?=[\p{Lu}\p{N}"'(])/u)) {
      if (sentence.trim() !== "") sentences.push(sentence.trim());
    }
  }
  return sentences;
}
