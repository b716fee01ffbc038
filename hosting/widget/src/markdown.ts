import { element } from "./dom.ts";

/** Bold runs of a line as nodes; everything else is text. */
function inline(line: string): (Node | string)[] {
  return line
    .split(/(\*\*[^*]+\*\*)/)
    .map((part) => (/^\*\*[^*]+\*\*$/.test(part) ? element("strong", {}, part.slice(2, -2)) : part));
}

/**
 * The part of Markdown that answers use, as nodes: paragraphs, bold, lists. Never HTML: what the model writes is text.
 */
export function markdown(text: string): Node[] {
  const blocks: Node[] = [];
  for (const block of text.trim().split(/\n{2,}/)) {
    const lines = block.split("\n");
    const isList = lines.every((line) => /^\s*([-*]|\d+[.)])\s+/.test(line));
    if (isList) {
      const ordered = /^\s*\d/.test(lines[0] ?? "");
      const items = lines.map((line) => element("li", {}, ...inline(line.replace(/^\s*([-*]|\d+[.)])\s+/, ""))));
      blocks.push(ordered ? element("ol", {}, ...items) : element("ul", {}, ...items));
    } else {
      blocks.push(
        element(
          "p",
          {},
          ...lines.flatMap((line, index) => (index === 0 ? inline(line) : [element("br"), ...inline(line)])),
        ),
      );
    }
  }
  return blocks;
}
