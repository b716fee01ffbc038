/** The largest document that the API takes. */
export const largestDocumentBytes = 1_000_000;

/** A document that was read from a file, or why it cannot be one. */
export type TextFile = { title: string; fileName: string; text: string } | { refusal: string };

/**
 * Reads a chosen file as a document.
 *
 * @returns a refusal in words for what is neither text nor Markdown, not UTF-8, empty, or larger than 1 MB.
 */
export async function readTextFile(file: Pick<File, "name" | "size" | "arrayBuffer">): Promise<TextFile> {
  if (!/\.(md|markdown|txt|text)$/i.test(file.name)) {
    return { refusal: "Only plain text (.txt) and Markdown (.md) can be read." };
  }
  if (file.size > largestDocumentBytes)
    return { refusal: "This file is larger than 1 MB. Split it into several documents." };
  const text = decodeUtf8(await file.arrayBuffer());
  if (text === undefined) return { refusal: "This file is not UTF-8 text. Save it as UTF-8 and choose it again." };
  if (text.trim() === "") return { refusal: "This file is empty." };
  return { title: titleOf(text, file.name), fileName: file.name, text };
}

/** The first heading, or the file's name as words. */
export function titleOf(text: string, fileName: string): string {
  const heading = /^#\s+(.+)$/m.exec(text)?.[1]?.trim();
  if (heading !== undefined) return heading.slice(0, 200);
  const words = fileName
    .replace(/\.[a-z]+$/i, "")
    .replaceAll(/[-_]+/g, " ")
    .trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A file's name for a document that was pasted. */
export function fileNameOf(title: string): string {
  const slug = title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return `${slug === "" ? "document" : slug.slice(0, 80)}.md`;
}

function decodeUtf8(bytes: ArrayBuffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
