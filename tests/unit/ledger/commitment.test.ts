import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { commit, verifyCommitment } from "../../../functions/src/ledger/commitment.ts";
import vectors from "../../vectors/commitment-v1.json" with { type: "json" };

const bytes = (hex: string) => Buffer.from(hex, "hex");
const malformed = expect.objectContaining({ code: "ledger-malformed" });

describe("commitments", () => {
  it.each(vectors.commitments)(
    "of version 1 to $value have the same text, and open",
    ({ value, opening, commitment }) => {
      expect(commit(value, bytes(opening))).toBe(commitment);
      verifyCommitment(commitment, value, bytes(opening));
    },
  );

  it("open to the value and opening they were made of, and no other", () => {
    const openings = fc.uint8Array({ minLength: 32, maxLength: 32 });
    fc.assert(
      fc.property(fc.string(), fc.string(), openings, openings, (value, otherValue, opening, otherOpening) => {
        fc.pre(value !== otherValue && Buffer.compare(opening, otherOpening) !== 0);
        const commitment = commit(value, opening);
        verifyCommitment(commitment, value, opening);
        expect(() => verifyCommitment(commitment, otherValue, opening)).toThrow(malformed);
        expect(() => verifyCommitment(commitment, value, otherOpening)).toThrow(malformed);
      }),
    );
  });

  it("to one person differ, so that nobody can tell that it is one person", () => {
    expect(commit("s1", Buffer.alloc(32, 1))).not.toBe(commit("s1", Buffer.alloc(32, 2)));
  });

  it.each([0, 16, 31, 33, 64])("are not made with an opening of %i bytes, which others would equal", (length) => {
    expect(() => commit("s1", new Uint8Array(length))).toThrow(malformed);
  });

  it("are not made to a lone surrogate, which UTF-8 writes as another character", () => {
    expect(() => commit("\ud800", new Uint8Array(32))).toThrow(malformed);
  });
});
