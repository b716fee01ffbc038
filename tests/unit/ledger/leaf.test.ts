import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hashLeaf } from "../../../functions/src/ledger/hash.ts";
import { decodeLeaf, encodeLeaf, type Leaf } from "../../../functions/src/ledger/leaf.ts";
import vectors from "../../vectors/leaf-v1.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const bytes = (hex: string) => Buffer.from(hex, "hex");
const hex = (value: Uint8Array) => Buffer.from(value).toString("hex");
const fromVector = (leaf: (typeof vectors.leaves)[number]["leaf"]) =>
  ({ ...leaf, occurredAt: new Date(leaf.occurredAt), nonce: bytes(leaf.nonce) }) as unknown as Leaf;
const [vector] = vectors.leaves;
const leaf: Leaf = {
  action: "job-retried",
  version: 1,
  occurredAt: new Date("2025-01-15T12:00:00Z"),
  crud: "update",
  actor: { kind: "member", commitment: "c".repeat(43) },
  targets: [{ kind: "job", id: "id-1" }],
  context: { tenant: "t1" },
  outcome: "success",
  metadata: { attempts: 2 },
  nonce: Buffer.alloc(32, 1),
};
const text = Buffer.from(encodeLeaf(leaf)).toString();
const sizeWithText = encodeLeaf({ ...leaf, metadata: { text: "" } }).length;

describe("leaves of version 1", () => {
  it.each(vectors.leaves)("$leaf.action has the same bytes and hash, and reads back", (vector) => {
    const encoded = encodeLeaf(fromVector(vector.leaf));
    expect(Buffer.from(encoded).toString()).toBe(vector.text);
    expect(hex(hashLeaf(encoded))).toBe(vector.leafHash);
    expect(decodeLeaf(Buffer.from(vector.text))).toEqual(fromVector(vector.leaf));
  });

  it("read back for any event", () => {
    const word = fc.string({ unit: "grapheme", maxLength: 30 });
    const party = fc.oneof(fc.record({ kind: word, id: word }), fc.record({ kind: word, commitment: word }));
    const scalar = fc.oneof(word, fc.integer(), fc.boolean(), fc.array(word, { maxLength: 3 }));
    const object = fc.dictionary(word, scalar, { maxKeys: 4, noNullPrototype: true });
    const leaves: fc.Arbitrary<Leaf> = fc.record({
      action: word,
      version: fc.nat(),
      occurredAt: fc.date({ noInvalidDate: true }),
      crud: fc.constantFrom("create", "read", "update", "delete", "none"),
      actor: party,
      targets: fc.array(party, { maxLength: 4 }),
      context: object,
      outcome: word,
      metadata: object,
      nonce: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((nonce) => Buffer.from(nonce)),
    });
    fc.assert(fc.property(leaves, (any) => expect(decodeLeaf(encodeLeaf(any))).toEqual(any)));
  });
});

describe("encoding", () => {
  it.each<[string, Partial<Record<keyof Leaf, unknown>>]>([
    ["a nonce of another length", { nonce: Buffer.alloc(31) }],
    ["an invalid time", { occurredAt: new Date(Number.NaN) }],
    ["a party that says more, such as a name", { actor: { kind: "member", id: "m1", name: "Zoë" } }],
    ["a target with both id and commitment", { targets: [{ kind: "subject", id: "s1", commitment: "c" }] }],
    ["a number that is none", { metadata: { count: Number.NaN } }],
    ["more than 65,535 bytes", { metadata: { text: "x".repeat(65_536 - sizeWithText) } }],
  ])("refuses %s", (_, change) => {
    expect(() => encodeLeaf({ ...leaf, ...change } as Leaf)).toThrow(malformed);
  });

  it("takes a leaf of exactly 65,535 bytes", () => {
    expect(encodeLeaf({ ...leaf, metadata: { text: "x".repeat(65_535 - sizeWithText) } })).toHaveLength(65_535);
  });

  it("writes the ten fields of a leaf and no other", () => {
    const more = { ...leaf, email: "zoe@example.com" };
    expect(Buffer.from(encodeLeaf(more)).toString()).toBe(text);
  });
});

describe("decoding", () => {
  it.each([
    ["a space", text.replace(":", ": ")],
    ["a newline at the end", `${text}\n`],
    ["names in another order", text.replace('"version":1', "").replace(/^\{/, '{"version":1,').replace(",}", "}")],
    ["an escape that need not be", text.replace("job-retried", "job\\u002dretried")],
    ["another spelling of the time", text.replace("12:00:00.000Z", "12:00:00Z")],
    [
      "a nonce in base64, not base64url",
      text.replace(/"nonce":"[^"]*"/, `"nonce":"${Buffer.alloc(32, 255).toString("base64")}"`),
    ],
    ["a name twice", text.replace('"version":1', '"version":1,"version":1')],
    ["a name more", text.replace('"version":1', '"version":1,"x":1')],
    ["a name less", text.replace(',"version":1', "")],
    ["a version that is text", text.replace('"version":1', '"version":"1"')],
    ["an unknown crud", text.replace('"update"', '"upsert"')],
    ["targets that are no list", text.replace(/"targets":\[.*?\]/, '"targets":{}')],
    ["metadata that is a list", text.replace('{"attempts":2}', "[]")],
    ["no object", "[]"],
    ["no JSON", "{"],
    ["nothing", ""],
  ])("refuses %s", (_, changed) => {
    expect(changed).not.toBe(text);
    expect(() => decodeLeaf(Buffer.from(changed))).toThrow(malformed);
  });

  it.each(Object.keys(leaf))("refuses a leaf whose %s is of another type", (name) => {
    const fields: Record<string, unknown> = JSON.parse(text);
    const others = [
      null,
      true,
      1.5,
      "x",
      [],
      [null],
      [{ kind: "job" }],
      { kind: 1, id: "x" },
      { kind: "x", id: 1 },
      { id: "x", x: "x" },
    ];
    for (const other of others) {
      const free = name === "action" || name === "outcome" ? typeof other === "string" : false;
      const empty = name === "targets" && Array.isArray(other) && other.length === 0;
      const object = (name === "context" || name === "metadata") && other?.constructor === Object;
      if (free || empty || object) continue;
      expect(() => decodeLeaf(Buffer.from(JSON.stringify({ ...fields, [name]: other })))).toThrow(malformed);
    }
  });

  it("refuses bytes that are not UTF-8, and a byte order mark", () => {
    expect(() => decodeLeaf(Buffer.concat([Buffer.from(text), Buffer.of(0xff)]))).toThrow(malformed);
    expect(() => decodeLeaf(Buffer.from(`\ufeff${vector?.text}`))).toThrow(malformed);
  });
});
