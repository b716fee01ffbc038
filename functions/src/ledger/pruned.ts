import type { Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import { bundleName } from "./bundles.ts";

/** How much of a log was deleted under its tenant's audit retention: always from the beginning, whole bundles. */
export interface PrunedPart {
  bundles: number;
  entries: number;
  /** When the newest deleted entry was made. */
  until: Date;
  /** Days that entries were kept when these were deleted. */
  days: number;
  prunedAt: Date;
}

const nothingPruned = { bundles: 0, entries: 0 } as const;

function prunedFrom(data: unknown): PrunedPart | typeof nothingPruned {
  if (data === undefined) return nothingPruned;
  const stored = data as Omit<PrunedPart, "until" | "prunedAt"> & { until: Stamp; prunedAt: Stamp };
  return { ...stored, until: stored.until.toDate(), prunedAt: stored.prunedAt.toDate() };
}

/** What was pruned of a log; zeros where nothing was. */
export async function findPruned(stores: Stores, tenantId: string): Promise<PrunedPart | typeof nothingPruned> {
  return prunedFrom((await documentRef(stores, "ledger", { tenantId, ledgerPart: "pruned" }).get()).data());
}

/** What was pruned of a log, within the transaction that prunes more. */
export async function findPrunedIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
): Promise<PrunedPart | typeof nothingPruned> {
  return prunedFrom((await tx.get(documentRef(stores, "ledger", { tenantId, ledgerPart: "pruned" }))).data());
}

/** The oldest bundles of a log, without their leaves. */
export async function listOldestBundlesIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  limit: number,
): Promise<{ firstIndex: number; lastOccurredAt: Date }[]> {
  const oldest = collectionRef(stores, "auditBundles", { tenantId }).orderBy("firstIndex").limit(limit);
  const { docs } = await tx.get(oldest.select("firstIndex", "lastOccurredAt"));
  return docs.map((snapshot) => ({
    firstIndex: snapshot.get("firstIndex") as number,
    lastOccurredAt: (snapshot.get("lastOccurredAt") as Stamp).toDate(),
  }));
}

/** Deletes bundles from the beginning of a log and says how far it is pruned now. */
export function pruneBundlesIn(
  tx: Transaction,
  stores: Stores,
  tenantId: string,
  numbers: readonly number[],
  pruned: PrunedPart,
): void {
  for (const number of numbers)
    tx.delete(documentRef(stores, "auditBundles", { tenantId, bundleNumber: bundleName(number) }));
  tx.set(documentRef(stores, "ledger", { tenantId, ledgerPart: "pruned" }), pruned);
}

/** How many bundles hold nothing newer than a time; the last one may be partial. */
export async function countBundlesUntil(stores: Stores, tenantId: string, until: Date): Promise<number> {
  const old = collectionRef(stores, "auditBundles", { tenantId }).where("lastOccurredAt", "<", until);
  return (await old.count().get()).data().count;
}
