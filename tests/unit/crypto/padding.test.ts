import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { pad, unpad } from "../../../functions/src/crypto/padding.ts";

const invalid = expect.objectContaining({ code: "ciphertext-invalid" });
/** `sizeBytes` bytes of which the given ones, counted from the end, are set. */
const ending = (sizeBytes: number, fromEnd: Record<number, number>) => {
  const bytes = Buffer.alloc(sizeBytes);
  for (const [offset, value] of Object.entries(fromEnd)) bytes[sizeBytes - Number(offset)] = value;
  return bytes;
};

describe("padding", () => {
  it("is undone by unpadding, in steps of 256 bytes, and always there", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 1100 }), (bytes) => {
        const padded = pad(bytes);
        expect(padded.length % 256).toBe(0);
        expect(padded.length).toBeGreaterThan(bytes.length);
        expect(padded.length - bytes.length).toBeLessThanOrEqual(256);
        expect(Buffer.compare(unpad(padded), bytes)).toBe(0);
      }),
    );
  });

  it("leaves what looks like padding in the bytes alone", () => {
    const bytes = Uint8Array.of(1, 0x80, 0, 0);
    expect(unpad(pad(bytes))).toEqual(Buffer.from(bytes));
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a length that is no multiple of 256", ending(255, { 1: 0x80 })],
    ["no marker", ending(256, {})],
    ["another marker", ending(256, { 1: 0x81 })],
    ["a byte after the marker", ending(256, { 2: 0x80, 1: 1 })],
    ["more padding than a step", ending(512, { 257: 0x80 })],
  ])("refuses %s", (_, bytes) => {
    expect(() => unpad(bytes)).toThrow(invalid);
  });

  it("takes the longest padding, a whole step", () => {
    expect(unpad(ending(256, { 256: 0x80 }))).toHaveLength(0);
  });
});
