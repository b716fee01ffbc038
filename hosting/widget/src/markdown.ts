import { element } from "./dom.ts";
import { type Block, markdownBlocks, type Run } from "./markdown-blocks.ts";

const nodesOf = (runs: readonly Run[]) => runs.map(({ text, isBold }) => (isBold ? element("strong", {}, text) : text));

function nodeOf(block: Block): HTMLElement {
  const { lines } = block;
  if (block.kind === "paragraph") {
    return element("p", {}, ...lines.flatMap((line, at) => [...(at === 0 ? [] : [element("br")]), ...nodesOf(line)]));
  }
  const items = lines.map((line) => element("li", {}, ...nodesOf(line)));
  return block.kind === "bullets"
    ? element("ul", {}, ...items)
    : element("ol", { start: String(block.from) }, ...items);
}

/** An answer's Markdown as nodes. */
export function markdown(text: string): HTMLElement[] {
  return markdownBlocks(text).map(nodeOf);
}
