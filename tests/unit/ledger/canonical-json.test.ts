import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { canonicalJson, type JsonValue } from "../../../functions/src/ledger/canonical-json.ts";
import vectors from "../../vectors/rfc8785.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const double = (ieee: string) => Buffer.from(ieee, "hex").readDoubleBE();
const canonical = (value: unknown) => canonicalJson(value as JsonValue);

describe("canonical JSON", () => {
  it.each(vectors.texts)("writes the published text of $input", ({ input, outputHex }) => {
    expect(Buffer.from(canonical(JSON.parse(input))).toString("hex")).toBe(outputHex);
  });

  it.each(vectors.numbers)("writes the double $ieee as $text", ({ ieee, text }) => {
    expect(canonical(double(ieee))).toBe(text);
  });

  it.each(vectors.refusedNumbers)("refuses the double %s, which is no number", (ieee) => {
    expect(() => canonical([double(ieee)])).toThrow(malformed);
  });

  it("reads back as the same value, and writes that the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = canonical(value);
        expect(canonical(JSON.parse(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("writes objects the same in whatever order their names were set", () => {
    const names = fc.uniqueArray(fc.string({ unit: "grapheme" }), { maxLength: 8 });
    fc.assert(
      fc.property(names, (list) => {
        const object = (order: string[]) => Object.fromEntries(order.map((name) => [name, name.length]));
        expect(canonical(object(list))).toBe(canonical(object(list.toReversed())));
      }),
    );
  });

  it("sorts by UTF-16 code units, not by code points", () => {
    expect(canonical({ "\ufb33": 1, "\u{1f600}": 2 })).toBe('{"\u{1f600}":2,"\ufb33":1}');
  });

  it.each<[string, unknown, string]>([
    ["undefined", undefined, "$"],
    ["a member that is undefined", { a: { b: undefined } }, "$.a.b"],
    ["a hole in an array", Object.assign(new Array(3), [1]), "$[1]"],
    ["NaN", { a: [Number.NaN] }, "$.a[0]"],
    ["infinity", Number.NEGATIVE_INFINITY, "$"],
    ["a bigint", 1n, "$"],
    ["a symbol", Symbol("s"), "$"],
    ["a symbol as a name", { [Symbol("s")]: 1 }, "$"],
    ["a function", () => 1, "$"],
    ["a date", new Date(0), "$"],
    ["a map", new Map(), "$"],
    ["bytes", Buffer.from("a"), "$"],
    [
      "an object of a class",
      new (class Point {
        x = 1;
      })(),
      "$",
    ],
    ["a lone surrogate", ["\ud800"], "$[0]"],
    ["a lone surrogate in a name", { "\udc00": 1 }, "$"],
  ])("refuses %s, saying where", (_, value, place) => {
    expect(() => canonical(value)).toThrow(malformed);
    expect(() => canonical(value)).toThrow(`value at ${place} `);
  });

  it("refuses what contains itself, and what is nested too deep", () => {
    const loop: Record<string, unknown> = {};
    loop.self = loop;
    expect(() => canonical(loop)).toThrow(malformed);
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    expect(canonical(JSON.parse(nested(101)))).toBe(nested(101));
    for (const depth of [102, 5000]) expect(() => canonical(JSON.parse(nested(depth)))).toThrow(malformed);
  });
});
