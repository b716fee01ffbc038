/** A passage of a document, before it is stored. */
export interface TextChunk {
  /** Headings above it, joined by ` - `; empty at the top. */
  heading: string;
  text: string;
}

/** Passages are cut near this length, in characters: a few paragraphs, so that one says one thing. */
const targetCharacters = 900;
/** A passage shorter than this is joined with the next of its section. */
const leastCharacters = 300;

interface Section {
  headings: string[];
  blocks: string[];
}

/** The first heading of a Markdown text, without markup; undefined when there is none. */
export function firstHeading(text: string): string | undefined {
  const line = text.split(/\r?\n/).find((candidate) => /^#{1,6}\s+\S/.test(candidate));
  return line === undefined ? undefined : plainHeading(line);
}

function plainHeading(line: string): string {
  return line
    .replace(/^#{1,6}\s+/, "")
    .replace(/\s+#+\s*$/, "")
    .replaceAll(/[*_`]/g, "")
    .trim()
    .slice(0, 200);
}

/**
 * Cuts a text into passages along its headings and paragraphs; a paragraph that is too long is cut after a sentence.
 *
 * @param text - plain text or Markdown; in plain text, lines that begin with `#` count as headings too.
 * @returns passages in order, about 900 characters each; none for a text without words.
 */
export function chunkText(text: string): TextChunk[] {
  return sectionsOf(text).flatMap(({ headings, blocks }) => {
    // The first heading is the title, which every passage carries anyway.
    const heading = headings.slice(1).join(" - ");
    return joined(blocks.flatMap(shortened)).map((part) => ({ heading, text: part }));
  });
}

function sectionsOf(text: string): Section[] {
  const sections: Section[] = [];
  let levels: { level: number; heading: string }[] = [];
  let blocks: string[] = [];
  let lines: string[] = [];
  const endBlock = () => {
    const block = lines.join("\n").trim();
    if (block !== "") blocks.push(block);
    lines = [];
  };
  const endSection = () => {
    endBlock();
    if (blocks.length > 0) sections.push({ headings: levels.map(({ heading }) => heading), blocks });
    blocks = [];
  };
  for (const line of text.split(/\r?\n/)) {
    const marks = /^(#{1,6})\s+\S/.exec(line)?.[1];
    if (marks !== undefined) {
      endSection();
      const above = levels.filter(({ level }) => level < marks.length);
      levels = [...above, { level: marks.length, heading: plainHeading(line) }];
    } else if (line.trim() === "") endBlock();
    else lines.push(line.trimEnd());
  }
  endSection();
  return sections;
}

/** A block as it is, or cut after lines, sentences or, where there are none, words. */
function shortened(block: string): string[] {
  if (block.length <= targetCharacters) return [block];
  const units = block.split(/(?<=\n)|(?<=[.!?]["')]?\s)(?=\S)/).flatMap(hardCut);
  const parts: string[] = [];
  for (const unit of units) {
    const last = parts.at(-1);
    if (last !== undefined && last.length + unit.length <= targetCharacters) parts[parts.length - 1] = last + unit;
    else parts.push(unit);
  }
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

function hardCut(unit: string): string[] {
  if (unit.length <= targetCharacters) return [unit];
  const space = unit.lastIndexOf(" ", targetCharacters);
  const at = space > targetCharacters / 2 ? space + 1 : targetCharacters;
  return [unit.slice(0, at), ...hardCut(unit.slice(at))];
}

/** Neighboring blocks of one section, joined while they stay near the target. */
function joined(blocks: readonly string[]): string[] {
  const parts: string[] = [];
  for (const block of blocks) {
    const last = parts.at(-1);
    const fits = last !== undefined && last.length + block.length + 2 <= targetCharacters;
    const isShort =
      last !== undefined && last.length < leastCharacters && last.length + block.length < 1.3 * targetCharacters;
    if (last !== undefined && (fits || isShort)) parts[parts.length - 1] = `${last}\n\n${block}`;
    else parts.push(block);
  }
  return parts;
}

/** What is embedded for a passage: its title and headings say what it is about, even where its words do not. */
export function embeddingText(title: string, { heading, text }: TextChunk): string {
  return [title, heading, text].filter((part) => part !== "").join("\n");
}
