import { Fragment } from "react";
import { type Block, markdownBlocks, type Run } from "../../../widget/src/markdown-blocks.ts";

/** An answer's Markdown, as its visitor saw it. */
export function Markdown({ text }: { text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the blocks of one text never change places
  return markdownBlocks(text).map((block, at) => <MarkdownBlock key={at} block={block} />);
}

function MarkdownBlock({ block }: { block: Block }) {
  const { lines } = block;
  if (block.kind === "paragraph") {
    return (
      <p>
        {lines.map((line, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of one paragraph never change places
          <Fragment key={at}>
            {at > 0 && <br />}
            <Runs runs={line} />
          </Fragment>
        ))}
      </p>
    );
  }
  const items = lines.map((line, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the items of one list never change places
    <li key={at}>
      <Runs runs={line} />
    </li>
  ));
  return block.kind === "bullets" ? <ul>{items}</ul> : <ol start={block.from}>{items}</ol>;
}

function Runs({ runs }: { runs: readonly Run[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the runs of one line never change places
  return runs.map(({ text, isBold }, at) => <Fragment key={at}>{isBold ? <strong>{text}</strong> : text}</Fragment>);
}
