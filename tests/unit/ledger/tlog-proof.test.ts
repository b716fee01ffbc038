import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { hashLeaf } from "../../../functions/src/ledger/hash.ts";
import {
  formatTlogProof,
  parseTlogProof,
  type TlogProof,
  verifyTlogProof,
} from "../../../functions/src/ledger/tlog-proof.ts";
import { parseVerifierKey } from "../../../functions/src/ledger/verifier-key.ts";
import { signerFrom } from "../../support/ed25519.ts";
import vectors from "../../vectors/checkpoint-v1.json" with { type: "json" };
import leaves from "../../vectors/leaf-v1.json" with { type: "json" };

const malformed = expect.objectContaining({ code: "ledger-malformed" });
const logKey = parseVerifierKey(vectors.logKey);
const leafHash = Buffer.from(vectors.leafHash, "hex");
const { proof } = vectors;
const hash64 = proof.split("\n")[2] ?? "";

describe("proofs of a log", () => {
  it("have the bytes of the vectors, and verify the leaf", () => {
    const parsed = parseTlogProof(proof);
    expect(formatTlogProof(parsed)).toBe(proof);
    expect(verifyTlogProof(parsed, leafHash, logKey)).toMatchObject({ origin: vectors.origin, size: 2 });
    expect(verifyTlogProof(parsed, hashLeaf(Buffer.from(leaves.leaves[1]?.text ?? "")), logKey).size).toBe(2);
  });

  it("carry extra data, which is not part of what is proven", () => {
    const parsed = parseTlogProof(vectors.proofWithExtra);
    expect(Buffer.from(parsed.extra ?? []).toString()).toBe("context");
    expect(formatTlogProof(parsed)).toBe(vectors.proofWithExtra);
    verifyTlogProof(parsed, leafHash, logKey);
  });

  it("are read back for any index, hashes and extra data", () => {
    const hashes = fc.array(
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((hash) => Buffer.from(hash)),
      { maxLength: 63 },
    );
    const extra = fc.uint8Array().map((bytes) => Buffer.from(bytes));
    const any = fc.record(
      { index: fc.maxSafeNat(), extra, hashes, checkpoint: fc.constant(vectors.checkpoint) },
      { requiredKeys: ["index", "hashes", "checkpoint"], noNullPrototype: true },
    );
    fc.assert(
      fc.property(any, ({ extra, ...rest }) => {
        const value: TlogProof = extra === undefined ? rest : { ...rest, extra };
        expect(parseTlogProof(formatTlogProof(value))).toEqual(value);
      }),
    );
  });

  it.each([
    ["another version", proof.replace("@v1", "@v2")],
    ["no header", proof.slice(proof.indexOf("\n") + 1)],
    ["no index", proof.replace("index 1\n", "")],
    ["an index with a leading zero", proof.replace("index 1", "index 01")],
    ["a negative index", proof.replace("index 1", "index -1")],
    ["an index that is no number", proof.replace("index 1", "index one")],
    ["an index that cannot be counted", proof.replace("index 1", "index 9007199254740992")],
    ["extra data after the index", proof.replace("index 1\n", "index 1\nextra AAAA\n")],
    ["extra data twice", proof.replace("index 1\n", "extra AAAA\nextra AAAA\nindex 1\n")],
    ["extra data that is not base64", proof.replace("index 1\n", "extra !!\nindex 1\n")],
    ["a short hash", proof.replace(hash64, hash64.slice(4))],
    ["a long hash", proof.replace(hash64, Buffer.alloc(64).toString("base64"))],
    ["a hash in hex", proof.replace(hash64, Buffer.from(hash64, "base64").toString("hex"))],
    ["64 hashes", proof.replace(hash64, Array.from({ length: 64 }, () => hash64).join("\n"))],
    ["no empty line", proof.replace("\n\n", "\n").split("\n\n")[0] ?? ""],
    ["a million characters of extra data", proof.replace("index 1\n", `extra ${"AAAA".repeat(250_000)}\nindex 1\n`)],
  ])("are refused with %s", (_, changed) => {
    expect(changed).not.toBe(proof);
    expect(() => parseTlogProof(changed)).toThrow(malformed);
  });

  it("take as many hashes as a tree of 2^63 leaves needs", () => {
    const long = proof.replace(hash64, Array.from({ length: 63 }, () => hash64).join("\n"));
    expect(parseTlogProof(long).hashes).toHaveLength(63);
  });

  it.each<[string, Partial<TlogProof>]>([
    ["another index", { index: 0 }],
    ["an index beyond the tree", { index: 2 }],
    ["another hash", { hashes: [Buffer.alloc(32)] }],
    ["no hash", { hashes: [] }],
    ["a hash too many", { hashes: [...parseTlogProof(proof).hashes, Buffer.alloc(32)] }],
    ["a changed checkpoint", { checkpoint: vectors.checkpoint.replace("\n2\n", "\n3\n") }],
    ["an unsigned checkpoint", { checkpoint: vectors.checkpoint.split("\n\n")[0] ?? "" }],
  ])("do not verify with %s", (_, change) => {
    expect(() => verifyTlogProof({ ...parseTlogProof(proof), ...change }, leafHash, logKey)).toThrow(malformed);
  });

  it("do not verify another leaf, or under another log's key", () => {
    expect(() => verifyTlogProof(parseTlogProof(proof), hashLeaf(Buffer.from("{}")), logKey)).toThrow(malformed);
    const other = signerFrom(vectors.origin, "ed25519", Buffer.alloc(32, 5)).key;
    expect(() => verifyTlogProof(parseTlogProof(proof), leafHash, other)).toThrow(malformed);
  });
});
