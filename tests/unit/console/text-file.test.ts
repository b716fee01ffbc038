import { describe, expect, it } from "@jest/globals";
import { firstHeading } from "../../../functions/src/knowledge/chunk-text.ts";
import { maxFileBytes } from "../../../functions/src/knowledge/document.ts";
import { largestDocumentBytes, readTextFile, titleOf } from "../../../hosting/console/src/words/text-file.ts";

const file = (name: string, content: string | Uint8Array<ArrayBuffer>) => new File([content], name);

describe("a document that is chosen", () => {
  it("is taken with its name", async () => {
    const text = "# Winter\n\nWe open at ten.";
    expect(await readTextFile(file("winter.md", text))).toEqual({ fileName: "winter.md", text });
  });

  it.each([
    ["a picture", file("winter.png", "x"), /plain text/],
    ["bytes that are not UTF-8", file("winter.md", new Uint8Array([0xff, 0xfe, 0x41])), /not UTF-8/],
    ["no words", file("winter.md", " \n---\n"), /no words/],
    ["more than the API takes", file("winter.md", "a".repeat(largestDocumentBytes + 1)), /larger than 1 MB/],
  ])("is refused with a reason when it is %s", async (_, chosen, reason) => {
    expect(await readTextFile(chosen)).toEqual({ refusal: expect.stringMatching(reason) });
  });

  it("may be as large as the API says", () => {
    expect(largestDocumentBytes).toBe(maxFileBytes);
  });

  it.each(["# Winter opening\n\nTen.", "Ten.\n\n## Later ##\n", "No heading at all."])(
    "is announced under the title that the API will give it: %j",
    (text) => {
      expect(titleOf(text, "winter.md")).toBe(firstHeading(text) ?? "winter");
    },
  );
});
