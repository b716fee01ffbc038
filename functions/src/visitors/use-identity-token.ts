import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { createTokenUse, readTokenUse } from "./store.ts";

/** What using a token came to: `fresh` may be recorded, `repeated` is the same call again, `replayed` another one. */
export type TokenUse = "fresh" | "repeated" | "replayed";

/** Reads whether a token was used. Call before the transaction's first write. */
export async function findTokenUse(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  use: { useId: string; callId: string },
): Promise<TokenUse> {
  const callId = await readTokenUse(tx, stores, tenantId, use.useId);
  if (callId === undefined) return "fresh";
  return callId === use.callId ? "repeated" : "replayed";
}

/** Records the one use of a token, in the transaction that it lets in. It is kept for a day, longer than a token lives. */
export const recordTokenUse = createTokenUse;
