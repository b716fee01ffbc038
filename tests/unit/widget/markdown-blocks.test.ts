import { expect, it } from "@jest/globals";
import { type Block, markdownBlocks } from "../../../hosting/widget/src/markdown-blocks.ts";

/** A block as one line: its kind, where it counts from, and its lines with bold runs between stars. */
function told(block: Block): string {
  const lines = block.lines.map((runs) => runs.map(({ text, isBold }) => (isBold ? `*${text}*` : text)).join(""));
  return `${block.kind}${block.kind === "numbers" ? ` ${block.from}` : ""}: ${lines.join(" / ")}`;
}

it.each<[string, string, string[]]>([
  ["lines of one paragraph", "One\ntwo\n\nthree", ["paragraph: One / two", "paragraph: three"]],
  [
    "a list after a line without a blank one",
    "We hire:\n- bikes\n- kayaks",
    ["paragraph: We hire:", "bullets: bikes / kayaks"],
  ],
  ["one list across blank lines", "1. one\n\n2. two", ["numbers 1: one / two"]],
  ["a list that counts on", "1. one\n- a\n2. two", ["numbers 1: one", "bullets: a", "numbers 2: two"]],
  ["an item that goes on", "- one\n  and more\nNext", ["bullets: one and more", "paragraph: Next"]],
  ["bold runs", "It is **€35** a day", ["paragraph: It is *€35* a day"]],
  ["a heading", "## Prices ##\nOne", ["paragraph: *Prices* / One"]],
  ["no markup of another kind", "<b>1</b> [a](b) ** c", ["paragraph: <b>1</b> [a](b) ** c"]],
  ["nothing", "  \n ", []],
])("reads %s", (_what, text, blocks) => {
  expect(markdownBlocks(text).map(told)).toEqual(blocks);
});
