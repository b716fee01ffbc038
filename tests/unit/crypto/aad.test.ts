import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { fieldAad, keyAad } from "../../../functions/src/crypto/aad.ts";

const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
// Few characters, so that two lists often differ only in where one part ends.
const part = fc.string({ unit: fc.constantFrom("a", "/", ".", "\u0000", "é"), maxLength: 4 });

describe("additional data", () => {
  it("is the same for two places only if they are one", () => {
    const places = fc.record({ store: part, documentPath: part, field: part });
    fc.assert(
      fc.property(places, places, (a, b) => {
        expect(hex(fieldAad(a)) === hex(fieldAad(b))).toBe(
          a.store === b.store && a.documentPath === b.documentPath && a.field === b.field,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it("never takes a field for a key", () => {
    const names = fc.tuple(part, part, part);
    fc.assert(
      fc.property(names, names, ([store, documentPath, field], [tenantId, purpose, id]) => {
        expect(hex(fieldAad({ store, documentPath, field }))).not.toBe(hex(keyAad({ tenantId, purpose, id })));
      }),
    );
  });

  it("refuses a lone surrogate, which would be written as another character", () => {
    expect(() => fieldAad({ store: "data", documentPath: "tenants/\ud800", field: "f" })).toThrow(TypeError);
  });
});
