/**
 * What a text is about, as far as words tell: stems without stop words, and the concepts they stand for. Fixed tables of general
 * English; nothing is learned from any tenant's documents.
 */
import { conceptsOf, joinPhrases } from "./concepts.ts";
import { stemOf } from "./stem.ts";

const stopWords = new Set(
  `a about above after again against all also am an and any are aren't as at be because been before being below between both but
by can can't cannot could couldn't did didn't do does doesn't doing don don't down during each else ever few for from further had
has have haven't having he her here hers him his how i i'd i'll i'm i've if in into is isn't it it's its itself just let me more
my myself no nor not of off on once only or other our ours out over own please same shall she should so some such than that
that's the the theirs them then there these they they're this those through to too under until up upon us very was wasn't we
we'd we'll we're we've were what what's whats when when's where which while who whom why will with won't would you you'd you'll
you're you've your yours yourself d ll re ve s t m`.split(/\s+/),
);

/** Words that ask rather than say; they weigh a little, since "offer" or "time" is sometimes the point. */
const weakWords = new Set(
  `able actually allow anything around ask available back bit bring come coming day do end even everything first get give go going
gone good got great happen help instead kind know last later like little long look lot make many may maybe mean might month much
need new next nice now offer okay one part person place point possible problem put question quite really right say see set show
soon something still stuff support sure take tell thing think time today try turn two use using usual usually want way week well
wonder work would year yes yet howlong howmuch howsoon howold bywhen`.split(/\s+/),
);
const weakWeight = 0.4;
/** Words of no concept are mostly names and special terms, which say most. */
const specialWeight = 1.5;
const specialCharacters = 4;

/** One word of a text. */
export type Term = {
  /** What remains of the word without its ending. */
  stem: string;
  /** What it means, as far as the table of concepts knows. */
  concepts: readonly string[];
  /** As written, lower case, for character n-grams. */
  word: string;
  /** From 0 to 1: how much the word says. */
  weight: number;
};

/** The words of a text that say something, in order. Amounts of money and spans of time count as what they are. */
export function termsOf(text: string): Term[] {
  const terms: Term[] = [];
  for (const word of joinPhrases(wordsOf(text))) {
    if (stopWords.has(word)) continue;
    const stem = stemOf(word);
    const concepts = conceptsOf(stem);
    const isSpecial = concepts.length === 0 && word.length >= specialCharacters;
    terms.push({ stem, concepts, word, weight: weakWords.has(word) ? weakWeight : isSpecial ? specialWeight : 1 });
  }
  if (/[$€£]\s?\d/.test(text)) terms.push({ stem: "=price", concepts: ["=price"], word: "", weight: weakWeight });
  if (/\d+\s*-?\s*(?:minutes?|hours?|days?|weeks?|months?|business days?)\b/i.test(text)) {
    terms.push({ stem: "=duration", concepts: ["=duration", "=deadline"], word: "", weight: weakWeight });
  }
  return terms;
}

function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[’‘]/g, "'")
    .toLowerCase()
    .replace(/\b(\p{L})-(?=\p{L})/gu, "$1");
  return (plain.match(/[\p{L}\p{N}]+(?:'[\p{L}]+)?/gu) ?? []).map((word) => american(word.replace(/'s$/, "")));
}

/** One spelling for words that British and American English write differently. */
function american(word: string): string {
  return word
    .replace(/^tyre/, "tire")
    .replace(/licence/, "license")
    .replace(/(?<=[a-z]{2})our(?=s?$|ed$|ing$|ful$)/, (ending, at) => (at + ending.length > 5 ? "or" : ending))
    .replace(/(?<=[a-z]{3})is(?=e[ds]?$|ing$|ation)/, "iz")
    .replace(/(?<=[a-z]{3})tre(?=s?$)/, "ter")
    .replace(/(?<=[a-z]{3})ll(?=ed$|ing$)/, "l")
    .replace(/^anaesth/, "anesth");
}

/** Sentences of a passage, headings and list items counting as one each. */
export function sentencesOf(text: string): string[] {
  const sentences: string[] = [];
  for (const line of text.split(/\n+/)) {
    const plain = line
      .replace(/^\s*(?:#+|[-*•]|\d+[.)])\s+/, "")
      .replace(/[*_`]{1,3}/g, "")
      .trim();
    // Not after "Dr." and the like, nor after "a.m.".
    for (const sentence of plain.split(
      /(?<=[.!?])(?<!\b(?:Dr|Mr|Mrs|Ms|St|No|vs|e\.g|i\.e|[ap]\.m)\.)\s+(?=[\p{Lu}\p{N}"'(])/u,
    )) {
      if (sentence.trim() !== "") sentences.push(sentence.trim());
    }
  }
  return sentences;
}
