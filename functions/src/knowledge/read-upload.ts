import { AppError } from "../platform/errors.ts";
import { firstHeading } from "./chunk-text.ts";
import { type DocumentType, maxFileBytes } from "./document.ts";

/** A file as staff upload it. */
export interface Upload {
  fileName: string;
  contentType: string;
  bytes: Uint8Array;
}

/** A file that was found to be text. */
export interface ReadUpload {
  fileName: string;
  contentType: DocumentType;
  title: string;
}

const types = new Set<string>(["text/plain", "text/markdown"] satisfies DocumentType[]);

function isDocumentType(type: string): type is DocumentType {
  return types.has(type);
}

/**
 * Checks that a file is text that can be answered from.
 *
 * @returns its type and title: the first heading, else the file's name without its ending.
 * @throws AppError `input-not-supported` for another type, `input-too-large` above 1 MiB, `input-invalid` for bytes
 * that are not UTF-8, for a text without words, or for a name with control characters or slashes.
 */
export function readUpload({ fileName, contentType, bytes }: Upload): ReadUpload {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  if (!isDocumentType(type)) throw new AppError("input-not-supported", "file must be text/plain or text/markdown");
  if (bytes.length > maxFileBytes)
    throw new AppError("input-too-large", `file has ${bytes.length} bytes, more than 1 MiB`);
  const name = fileName.normalize("NFC").trim();
  if (!/^[^\p{C}/\\]{1,200}$/u.test(name))
    throw new AppError("input-invalid", "file name is empty, too long or has slashes");
  const text = decodeText(bytes);
  if (!/[\p{L}\p{N}]/u.test(text)) throw new AppError("input-invalid", "file holds no words");
  const title = firstHeading(text) ?? name.replace(/\.[^.]+$/, "");
  return { fileName: name, contentType: type, title };
}

/** UTF-8, strictly; a byte-order mark is dropped. @throws AppError `input-invalid` for other bytes. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new AppError("input-invalid", "file is not UTF-8");
  }
}
