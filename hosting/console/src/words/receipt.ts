/** What a receipt says, read from its signed payload. */
export interface ReceiptContent {
  receiptId: string;
  issuedAt: string;
  requestedAt: string;
  stores: readonly { name: string; action: string; count: number }[];
  exceptions: readonly { name: string; reason: string; until: string }[];
  unreadableBy?: string;
  purgedBy?: string;
  providerRemanence?: string;
  residue?: { method: string; searched: number; found: number; notSearched: readonly string[] };
}

/**
 * Opens the payload of a signed envelope for reading. It is shown, not verified: that is for a tool that is not ours.
 *
 * @param receipt - the API's answer: an envelope, or an object that holds one beside its proof.
 * @returns undefined when there is no payload in it that this page can read.
 * @see DSSE v1, https://github.com/secure-systems-lab/dsse
 */
export function receiptContent(receipt: Readonly<Record<string, unknown>>): ReceiptContent | undefined {
  const envelope = isRecord(receipt.envelope) ? receipt.envelope : receipt;
  if (typeof envelope.payload !== "string") return undefined;
  const text = decodeBase64(envelope.payload);
  const content: unknown = text === undefined ? undefined : JSON.parse(text);
  if (!isRecord(content) || !Array.isArray(content.stores)) return undefined;
  return { exceptions: [], ...content } as unknown as ReceiptContent;
}

function decodeBase64(text: string): string | undefined {
  try {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
