import type { Transaction } from "@google-cloud/firestore";
import type { DataSubject } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import { noteTombstone } from "../subject-requests/note-tombstone.ts";
import type { Consents, Notice } from "./notice.ts";
import { type ConsentRecord, type ConsentState, createConsent, hasConsent, readConsents } from "./store.ts";

/**
 * Writes one record for each purpose that a new person answered, within the transaction of the session.
 *
 * @param consents - every purpose of the notice.
 * @see GDPR Art. 7(1) (the controller can demonstrate consent)
 */
export function recordFirstConsents(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  subject: Pick<DataSubject, "tenantId" | "subjectId" | "channelId">,
  notice: Notice,
  consents: Consents,
  createdAt: Date,
): void {
  for (const record of recordsOf(deps, subject, notice, consents, createdAt)) createConsent(tx, deps.stores, record);
}

function recordsOf(
  deps: Pick<Deps, "ids">,
  subject: Pick<DataSubject, "tenantId" | "subjectId" | "channelId">,
  notice: Notice,
  consents: Consents,
  createdAt: Date,
): ConsentRecord[] {
  const { tenantId, subjectId, channelId } = subject;
  const common = { tenantId, subjectId, channelId, noticeVersion: notice.version, createdAt };
  return Object.entries(consents).map(([purpose, given]) => ({ ...common, id: deps.ids.next(), purpose, given }));
}

/**
 * Writes one record for each consent that a person who comes back gives and that is not in force, within the transaction
 * of the session. They are newer than every record before them, whatever the clocks say. A box that is left unticked is no
 * withdrawal: what is in force stays so.
 *
 * @param answered.answers - by purpose of the notice, whether it was ticked.
 * @param answered.inForce - as read in this transaction.
 * @returns the consents in force then.
 * @see GDPR Art. 7(1), Art. 4(11) (a clear affirmative act)
 */
export function recordGiven(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  subject: Pick<DataSubject, "tenantId" | "subjectId" | "channelId">,
  notice: Notice,
  answered: { answers: Consents; inForce: ConsentState; at: Date },
): Consents {
  const { answers, inForce, at } = answered;
  const ticked = Object.entries(answers).filter(([purpose, given]) => given && inForce.consents[purpose] !== true);
  const given = Object.fromEntries(ticked);
  const createdAt = new Date(Math.max(at.getTime(), (inForce.newestAt?.getTime() ?? 0) + 1));
  for (const record of recordsOf(deps, subject, notice, given, createdAt)) createConsent(tx, deps.stores, record);
  return { ...inForce.consents, ...given };
}

/** The consents of a person in force, within a transaction. */
export function consentsInForce(
  tx: Transaction,
  deps: Pick<Deps, "stores">,
  subject: { tenantId: string; subjectId: string },
): Promise<ConsentState> {
  return readConsents(tx, deps.stores, subject);
}

/**
 * Writes one consent record, unless the call was made before. It is newer than every record before it, whatever the
 * clocks of two instances say: the newest holds.
 *
 * @param tx - after it, the transaction reads no more.
 * @param state - as read in this transaction.
 * @returns whether it was written.
 */
export async function recordConsent(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  record: ConsentRecord,
  state: ConsentState,
): Promise<boolean> {
  if (await hasConsent(tx, deps.stores, record.tenantId, record.id)) return false;
  const earliest = (state.newestAt?.getTime() ?? 0) + 1;
  const createdAt = new Date(Math.max(record.createdAt.getTime(), earliest));
  createConsent(tx, deps.stores, { ...record, createdAt });
  if (!record.given) noteWithdrawal(tx, deps, { ...record, createdAt });
  return true;
}

function noteWithdrawal(tx: Transaction, deps: Pick<Deps, "stores" | "ids">, record: ConsentRecord): void {
  const { tenantId, subjectId, purpose, channelId, createdAt: at } = record;
  const targets = { subjectId, consentId: record.id, purpose, channelId, noticeVersion: String(record.noticeVersion) };
  noteTombstone(tx, deps, { tenantId, kind: "withdrawal", targets, at });
}
