import type { Ids } from "../ports/ids.ts";
import { fieldAad } from "./aad.ts";
import { openText, type SealingKey, sealText } from "./envelope.ts";

/**
 * Seals one author's text for one field of one document.
 *
 * @param documentPath - from `documentPath()` of the inventory.
 * @param field - the field's name; an element of a list by its name, such as `window.<turnId>.question`.
 */
export function sealField(
  key: SealingKey,
  documentPath: string,
  field: string,
  text: string,
  ids: Pick<Ids, "bytes">,
): Uint8Array {
  return sealText(key, fieldAad({ store: "data", documentPath, field }), text, ids);
}

/** Opens what `sealField` made for this place. @throws AppError `ciphertext-invalid` for any other place, key or bytes. */
export function openField(key: SealingKey, documentPath: string, field: string, sealed: Uint8Array): string {
  return openText(key, fieldAad({ store: "data", documentPath, field }), sealed);
}
