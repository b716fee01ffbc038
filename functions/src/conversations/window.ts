import type { SealingKey } from "../crypto/envelope.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Ids } from "../ports/ids.ts";
import { type Head, type WindowElement, windowTurns } from "./conversation.ts";

/** A question and its answer in words. */
export interface Exchange {
  question: string;
  answer: string;
}

function pathOf(head: Pick<Head, "tenantId" | "id">): string {
  return documentPath("conversations", { tenantId: head.tenantId, conversationId: head.id });
}

/** Opens the head's window, oldest first. @throws AppError `ciphertext-invalid` for an element that was moved or changed. */
export function openWindow(dek: SealingKey, head: Head): Exchange[] {
  const path = pathOf(head);
  return Object.entries(head.window)
    .sort(([, a], [, b]) => a.askedAt.getTime() - b.askedAt.getTime())
    .map(([turnId, element]) => ({
      question: openField(dek, path, `window.${turnId}.question`, element.question),
      answer: openField(dek, path, `window.${turnId}.answer`, element.answer),
    }));
}

/** Seals an exchange as an element of the head's window; it opens under this turn's id only. */
export function sealElement(
  dek: SealingKey,
  head: Pick<Head, "tenantId" | "id">,
  turnId: string,
  exchange: Exchange,
  askedAt: Date,
  ids: Pick<Ids, "bytes">,
): WindowElement {
  const path = pathOf(head);
  return {
    question: sealField(dek, path, `window.${turnId}.question`, exchange.question, ids),
    answer: sealField(dek, path, `window.${turnId}.answer`, exchange.answer, ids),
    askedAt,
  };
}

/** The window with one element more: the newest six by the time of the question. */
export function extendWindow(window: Head["window"], turnId: string, element: WindowElement): Head["window"] {
  const elements = Object.entries({ ...window, [turnId]: element });
  elements.sort(([, a], [, b]) => b.askedAt.getTime() - a.askedAt.getTime());
  return Object.fromEntries(elements.slice(0, windowTurns));
}
