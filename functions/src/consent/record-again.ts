import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../platform/deps.ts";
import type { Consents } from "./notice.ts";
import { type ConsentRecord, createConsent, hasConsent, hasConsentAfter, readConsents } from "./store.ts";

/**
 * Records a withdrawal again that a restore from an earlier backup undid, unless the person decided anew since.
 *
 * @param record - the withdrawal as its tombstone names it.
 * @returns the person's consents then; undefined when nothing was to be done.
 */
export async function recordWithdrawalAgain(
  tx: Transaction,
  deps: Pick<Deps, "stores">,
  record: ConsentRecord,
): Promise<Consents | undefined> {
  const { tenantId, purpose, createdAt } = record;
  const [isKnown, isOutdated, inForce] = await Promise.all([
    hasConsent(tx, deps.stores, tenantId, record.id),
    hasConsentAfter(tx, deps.stores, record, createdAt),
    readConsents(tx, deps.stores, record),
  ]);
  if (isKnown || isOutdated) return undefined;
  createConsent(tx, deps.stores, record);
  return { ...inForce.consents, [purpose]: false };
}
