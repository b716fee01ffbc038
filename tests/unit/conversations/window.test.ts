import { describe, expect, it } from "@jest/globals";
import type { Head, WindowElement } from "../../../functions/src/conversations/conversation.ts";
import { extendWindow, openWindow, sealElement } from "../../../functions/src/conversations/window.ts";
import type { SealingKey } from "../../../functions/src/crypto/envelope.ts";
import { countingIds } from "../../fakes/ids.ts";
import { tenantIdOf } from "../../support/test-deps.ts";

const ids = countingIds();
const dek: SealingKey = { kind: "dek", bytes: ids.bytes(32) };
const place = { tenantId: tenantIdOf("bakery"), id: "conversation00000000" };

function element(turnId: string, minute: number): WindowElement {
  const askedAt = new Date(Date.UTC(2025, 0, 15, 12, minute));
  return sealElement(dek, place, turnId, { question: `q ${turnId}`, answer: `a ${turnId}` }, askedAt, ids);
}

function headWith(window: Head["window"]): Head {
  return { ...place, window } as Head;
}

describe("the window of a head", () => {
  it("opens oldest first, whatever the order of its keys", () => {
    const window = { b: element("b", 2), a: element("a", 1), c: element("c", 3) };
    expect(openWindow(dek, headWith(window)).map(({ question }) => question)).toEqual(["q a", "q b", "q c"]);
  });

  it("keeps the newest six by the time of the question", () => {
    let window: Head["window"] = {};
    for (const minute of [5, 1, 7, 3, 2, 6, 4, 8])
      window = extendWindow(window, `t${minute}`, element(`t${minute}`, minute));
    expect(Object.keys(window).sort()).toEqual(["t3", "t4", "t5", "t6", "t7", "t8"]);
  });

  it("holds a turn once, however often it is added", () => {
    const once = extendWindow({}, "a", element("a", 1));
    expect(Object.keys(extendWindow(once, "a", element("a", 1)))).toEqual(["a"]);
  });

  it("refuses an element that was moved to another turn or to the other text", () => {
    const a = element("a", 1);
    expect(() => openWindow(dek, headWith({ b: a }))).toThrow(expect.objectContaining({ code: "ciphertext-invalid" }));
    const swapped = { ...a, question: a.answer, answer: a.question };
    expect(() => openWindow(dek, headWith({ a: swapped }))).toThrow(
      expect.objectContaining({ code: "ciphertext-invalid" }),
    );
  });
});
