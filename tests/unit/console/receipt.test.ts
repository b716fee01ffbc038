import { describe, expect, it } from "@jest/globals";
import { logPlace, payloadTypeOf, receiptContent, receiptKind } from "../../../hosting/console/src/words/receipt.ts";

const payload = {
  version: 1,
  receiptId: "r1",
  issuedAt: "2025-01-15T12:00:00.000Z",
  stores: [{ name: "turns", action: "delete", count: 3 }],
};

const envelopeOf = (content: unknown, payloadType = "application/vnd.lethe.erasure-receipt.v1+json") => ({
  envelope: { payloadType, payload: Buffer.from(JSON.stringify(content)).toString("base64"), signatures: [] },
});

describe("a receipt as the console reads it", () => {
  it("opens the payload of the envelope", () => {
    expect(receiptContent(envelopeOf(payload))).toMatchObject({
      receiptId: "r1",
      stores: payload.stores,
      exceptions: [],
    });
  });

  it("reads letters beyond ASCII as they were signed", () => {
    const content = receiptContent(envelopeOf({ ...payload, providerRemanence: "gelöscht — 180 Tage" }));
    expect(content?.providerRemanence).toBe("gelöscht — 180 Tage");
  });

  it("shows the counts of a purge as stores", () => {
    const purge = { version: 1, receiptId: "r2", issuedAt: payload.issuedAt, purged: { turns: 7 } };
    const type = "application/vnd.lethe.retention-receipt.v1+json";
    expect(receiptContent(envelopeOf(purge, type))?.stores).toEqual([{ name: "turns", action: "delete", count: 7 }]);
    expect(receiptKind(payloadTypeOf(envelopeOf(purge, type)))).toBe("Purge of expired data");
  });

  it.each([{}, { envelope: {} }, { envelope: { payload: "%%%" } }, envelopeOf([]), envelopeOf({ stores: [] })])(
    "has nothing to say of what is no receipt (%#)",
    (receipt) => {
      expect(receiptContent(receipt)).toBeUndefined();
    },
  );

  it("finds the log and the entry in the proof", () => {
    const proof = "c2sp.org/tlog-proof@v1\nindex 4199\nabc=\n\neu.api.lethe.example/k3v9\n4201\nabc=\n\n— eu sig\n";
    expect(logPlace({ proof })).toEqual({ origin: "eu.api.lethe.example/k3v9", logId: "k3v9", index: 4199 });
    expect(logPlace({ proof: "nothing" })).toBeUndefined();
  });
});
