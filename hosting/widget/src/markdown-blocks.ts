/** A run of a line; bold or not. */
export interface Run {
  text: string;
  isBold: boolean;
}

/** A paragraph of lines, or a list of items; each line is its runs. */
export type Block =
  | { kind: "paragraph"; lines: Run[][] }
  | { kind: "bullets"; lines: Run[][] }
  | { kind: "numbers"; from: number; lines: Run[][] };

const item = /^\s*(?:[-*]|(\d{1,9})[.)])\s+/;

function runsOf(line: string): Run[] {
  return line
    .split(/(\*\*[^*]+\*\*)/)
    .filter((part) => part !== "")
    .map((part) =>
      /^\*\*[^*]+\*\*$/.test(part) ? { text: part.slice(2, -2), isBold: true } : { text: part, isBold: false },
    );
}

/** A line alone: a heading is a bold one, since an answer has no parts to find one's way in. */
function lineRuns(line: string): Run[] {
  const heading = /^\s{0,3}#{1,6}\s+(.*?)\s*#*\s*$/.exec(line)?.[1];
  return heading === undefined ? runsOf(line) : [{ text: heading.replaceAll("**", ""), isBold: true }];
}

function blockOf(line: string): Block {
  const found = item.exec(line);
  if (found === null) return { kind: "paragraph", lines: [lineRuns(line)] };
  const lines = [runsOf(line.slice(found[0].length))];
  return found[1] === undefined ? { kind: "bullets", lines } : { kind: "numbers", from: Number(found[1]), lines };
}

/**
 * The part of Markdown that answers use: paragraphs, bold, headings, lists. A list needs no blank line before it; blank
 * lines between its items do not end it, and an indented line goes on with its item.
 *
 * Whoever shows the blocks makes nodes of them, never HTML: what the model writes is text.
 */
export function markdownBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let isApart = true;
  for (const line of text.trim().split("\n")) {
    if (line.trim() === "") {
      isApart = true;
      continue;
    }
    const next = blockOf(line);
    const last = blocks.at(-1);
    if (last !== undefined && last.kind === next.kind && (last.kind !== "paragraph" || !isApart)) {
      last.lines.push(...next.lines);
    } else if (last !== undefined && last.kind !== "paragraph" && next.kind === "paragraph" && /^\s/.test(line)) {
      last.lines.at(-1)?.push({ text: " ", isBold: false }, ...runsOf(line.trim()));
    } else blocks.push(next);
    isApart = false;
  }
  return blocks;
}
