import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { chunkText, firstHeading } from "../../../functions/src/knowledge/chunk-text.ts";

const words = (text: string): string[] => text.match(/\S+/g) ?? [];

describe("cutting a document", () => {
  it("keeps sections apart and names them by the headings above, without the title", () => {
    const text =
      "# Prices\n\nIntro.\n\n## Bread\n\nRye costs 4 euro.\n\n### Rolls\n\nRolls cost 1 euro.\n\n## Cake\n\nCake costs 31 euro.";
    expect(chunkText(text)).toEqual([
      { heading: "", text: "Intro." },
      { heading: "Bread", text: "Rye costs 4 euro." },
      { heading: "Bread - Rolls", text: "Rolls cost 1 euro." },
      { heading: "Cake", text: "Cake costs 31 euro." },
    ]);
  });

  it("joins short paragraphs of a section and cuts long ones after a sentence", () => {
    const sentence = "This sentence has exactly fifty characters, I think. ";
    const [first = "", ...others] = chunkText(`# T\n\n${sentence.repeat(40)}`).map(({ text }) => text);
    expect(first.endsWith("think.")).toBe(true);
    expect(others.length).toBeGreaterThan(1);
    expect(chunkText("# T\n\none\n\ntwo\n\nthree")).toEqual([{ heading: "", text: "one\n\ntwo\n\nthree" }]);
  });

  it("loses no word, and makes no passage longer than 1,200 characters", () => {
    const line = fc.oneof(
      fc.constantFrom("# Title", "## Section", "### Part", "", "- item one", "A sentence. Another one! A third?"),
      fc.string({ maxLength: 400 }).map((text) => text.replaceAll(/[#\r\n]/g, " ")),
      fc.constant("word ".repeat(500)),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
        const text = lines.join("\n");
        const chunks = chunkText(text);
        const kept = lines.filter((entry) => !/^#{1,6}\s+\S/.test(entry)).join("\n");
        expect(words(chunks.map((chunk) => chunk.text).join(" ")).join("")).toBe(words(kept).join(""));
        for (const chunk of chunks) expect(chunk.text.length).toBeLessThanOrEqual(1_200);
      }),
      { numRuns: 200 },
    );
  });

  it("cuts the demo documents into passages of a few paragraphs", () => {
    const root = "emulator-data/harbor-bikes/documents";
    const sizes = readdirSync(root).flatMap((name) =>
      chunkText(readFileSync(`${root}/${name}`, "utf8")).map(({ text }) => text.length),
    );
    expect(Math.max(...sizes)).toBeLessThan(1_200);
    expect(sizes.length).toBeGreaterThan(60);
  });
});

describe("a document's title", () => {
  it.each([
    ["# Rental **prices**\n\ntext", "Rental prices"],
    ["text first\n\n## Later", "Later"],
    ["no heading", undefined],
    ["#hashtag", undefined],
  ])("of %j is %j", (text, title) => {
    expect(firstHeading(text)).toBe(title);
  });
});
