/** The largest document that the API takes. */
export const largestDocumentBytes = 1_048_576;

/** A document that was read from a file, or why it cannot be one. */
export type TextFile = { fileName: string; text: string } | { refusal: string };

/**
 * Reads a chosen file as a document.
 *
 * @returns a refusal in words for what is neither text nor Markdown, not UTF-8, without words, or larger than 1 MB.
 */
export async function readTextFile(file: Pick<File, "name" | "size" | "arrayBuffer">): Promise<TextFile> {
  if (!/\.(md|markdown|txt|text)$/i.test(file.name)) {
    return { refusal: "Only plain text (.txt) and Markdown (.md) can be read." };
  }
  if (file.size > largestDocumentBytes) return { refusal: "This file is larger than 1 MB. Split it into several." };
  const text = decodeUtf8(await file.arrayBuffer());
  if (text === undefined) return { refusal: "This file is not UTF-8 text. Save it as UTF-8 and choose it again." };
  if (!hasWords(text)) return { refusal: "This file holds no words." };
  return { fileName: file.name, text };
}

/** Whether there is anything to answer from. */
export function hasWords(text: string): boolean {
  return /[\p{L}\p{N}]/u.test(text);
}

/** What visitors will see as the title: the first heading, else the file's name without its ending. */
export function titleOf(text: string, fileName: string): string {
  return /^#{1,6}\s+(.+?)\s*#*\s*$/m.exec(text)?.[1] ?? fileName.replace(/\.[^.]+$/, "");
}

function decodeUtf8(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
