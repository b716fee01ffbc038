import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { AnswerText } from "../../../functions/src/conversations/answer-text.ts";

/** Streams pieces; what was shown, and what came of it. */
function streamed(pieces: readonly string[]) {
  const text = new AnswerText();
  const shown = pieces.map((piece) => text.push(piece));
  shown.push(text.end());
  return { shown: shown.join(""), text: text.text, cited: text.cited };
}

describe("the text of a streamed answer", () => {
  it.each([
    ["A day costs 20 euro [1].", "A day costs 20 euro.", [1]],
    ["One [2], two [1] and [2].", "One, two and.", [2, 1]],
    ["Both [1, 3] hold.", "Both hold.", [1, 3]],
    ["- one [1]\n- two [2]", "- one\n- two", [1, 2]],
    ["Call [the shop] or [x].", "Call [the shop] or [x].", []],
    ["An array a[12] too.", "An array a too.", [12]],
    ["  padded [1]  ", "padded", [1]],
  ])("%j is shown as %j", (answer, shown, cited) => {
    expect(streamed([answer])).toMatchObject({ shown, text: shown, cited });
  });

  it("is the same however the stream is cut", () => {
    const parts = fc.constantFrom(
      "A day ",
      "costs 20",
      " [1]",
      "[2, 3]",
      "[[no-answer]]",
      "[",
      "]",
      "\n",
      " x",
      "[a]",
      "7",
      ", ",
    );
    fc.assert(
      fc.property(
        fc.array(parts, { maxLength: 12 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 5 })),
        (words, cuts) => {
          const whole = words.join("");
          const pieces: string[] = [];
          for (let at = 0; at < whole.length; ) {
            const length = cuts.next().value ?? 1;
            pieces.push(whole.slice(at, at + length));
            at += length;
          }
          const { shown, ...rest } = streamed(pieces);
          expect({ ...rest, shown: shown.trimEnd() }).toEqual({
            ...streamed([whole]),
            shown: streamed([whole]).shown.trimEnd(),
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it("holds a marker back until it is whole, and nothing else", () => {
    const text = new AnswerText();
    expect(text.push("A day costs 20 euro [")).toBe("A day costs 20 euro");
    expect(text.push("1")).toBe("");
    expect(text.push("]. More")).toBe(". More");
  });

  it.each([["[[no-answer]]"], ["[[no-answer]]\n"], [""], [" \n"], ["[[no-answer]] Sorry."]])(
    "%j rests on nothing",
    (answer) => {
      expect(streamed([answer]).cited).toEqual([]);
    },
  );

  it("keeps what it says beside the marker of no answer", () => {
    expect(streamed(["20 euro [1]. [[no-answer]]"])).toMatchObject({ cited: [1], text: "20 euro." });
  });
});
