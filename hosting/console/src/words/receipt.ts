import { humanize } from "./things.ts";

/** What a receipt says, read from its signed payload. An erasure names stores, a purge names counts. */
export interface ReceiptContent {
  receiptId: string;
  issuedAt: string;
  requestedAt?: string;
  startedAt?: string;
  stores: readonly { name: string; action: string; count: number }[];
  exceptions: readonly { name: string; reason: string; until: string }[];
  recipients: readonly { name: string; recipient: string; outcome: string; on?: string }[];
  unreadableBy?: string;
  purgedBy?: string;
  providerRemanence?: string;
  residue?: { method: string; searched: readonly string[] | number; found: number; notSearched: readonly string[] };
}

/** Payload type of the receipt of a purge. */
export const retentionReceiptType = "application/vnd.lethe.retention-receipt.v1+json";

/** What a receipt is about, from its payload type. */
export function receiptKind(payloadType: string): string {
  const kind = /vnd\.lethe\.(.+)-receipt/.exec(payloadType)?.[1] ?? "unknown";
  return kind === "retention" ? "Purge of expired data" : humanize(kind);
}

/** The type that an envelope says its payload has. */
export function payloadTypeOf(receipt: Readonly<Record<string, unknown>>): string {
  const envelope = envelopeOf(receipt);
  return typeof envelope.payloadType === "string" ? envelope.payloadType : "";
}

/**
 * Opens the payload of a signed envelope for reading. It is shown, not verified: that is for a tool that is not ours.
 *
 * @param receipt - the API's answer: an envelope beside its leaf and proof.
 * @returns undefined when there is no payload in it that this page can read.
 * @see DSSE v1, https://github.com/secure-systems-lab/dsse
 */
export function receiptContent(receipt: Readonly<Record<string, unknown>>): ReceiptContent | undefined {
  const { payload } = envelopeOf(receipt);
  const content = typeof payload === "string" ? parse(payload) : undefined;
  if (!isRecord(content) || typeof content.receiptId !== "string" || typeof content.issuedAt !== "string")
    return undefined;
  const stores = Array.isArray(content.stores) ? content.stores : purgedStores(content.purged);
  return { exceptions: [], recipients: [], ...content, stores } as unknown as ReceiptContent;
}

function purgedStores(purged: unknown): { name: string; action: string; count: number }[] {
  if (!isRecord(purged)) return [];
  return Object.entries(purged).map(([name, count]) => ({ name, action: "delete", count: Number(count) }));
}

function envelopeOf(receipt: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return isRecord(receipt.envelope) ? receipt.envelope : receipt;
}

function parse(base64: string): unknown {
  try {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Not what a receipt looks like: the caller shows the JSON as it came.
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Where the log that holds a receipt says of itself that it is. */
export interface LogPlace {
  /** `<host>/<log id>` */
  origin: string;
  logId: string;
  /** Position of the receipt's entry, from 0. */
  index: number;
}

/**
 * Reads from a receipt's proof which log holds it, and where.
 *
 * @returns undefined when the proof is not what this page knows.
 * @see c2sp.org/tlog-proof
 */
export function logPlace(receipt: Readonly<Record<string, unknown>>): LogPlace | undefined {
  if (typeof receipt.proof !== "string") return undefined;
  const [proof = "", checkpoint = ""] = receipt.proof.split("\n\n");
  const index = /^index (\d+)$/m.exec(proof)?.[1];
  const origin = checkpoint.split("\n")[0] ?? "";
  const logId = origin.split("/").at(-1) ?? "";
  return index === undefined || logId === "" ? undefined : { origin, logId, index: Number(index) };
}

const outcomes: Readonly<Record<string, string>> = {
  deleted: "deleted",
  requested: "deletion requested",
  "expires-on": "expires by itself",
  "holds-nothing": "held nothing",
};

/** What a third party answered, in words. */
export function outcomeText(outcome: string): string {
  return outcomes[outcome] ?? humanize(outcome).toLowerCase();
}
