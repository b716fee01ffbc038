import type { Transaction } from "@google-cloud/firestore";
import { isLapsed } from "../deadlines/deadline.ts";
import type { Stores } from "../inventory/collections.ts";
import { activeHoldsOf, activeHoldsOver, type Hold } from "./holds/store.ts";

export type { Hold } from "./holds/store.ts";

/**
 * The holds in force over a person at a time, soonest end first.
 *
 * @param tx - a transaction that must not commit when that changes meanwhile; absent for a look.
 * @see GDPR Art. 17(3)(b), 17(3)(e), 18(1)(c)
 */
export async function holdsInForce(
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
  now: Date,
  tx?: Transaction,
): Promise<Hold[]> {
  return (await activeHoldsOver(stores, subject, tx)).filter((hold) => hold.endsAt > now);
}

/** Against what holds stand: an act that was asked for at a time, or one that nobody asked for. */
export interface HeldAct {
  /** When somebody asked; absent for what follows by itself, such as a purge or another hold's end. */
  askedAt?: Date | undefined;
  now: Date;
}

/**
 * Whether a hold stands against an act: it is in force, or over and still looked at by staff. One that had ended when the
 * act was asked for does not: whoever asked saw that nothing held it.
 */
function standsAgainst(hold: Hold, { askedAt, now }: HeldAct): boolean {
  return (askedAt === undefined || hold.endsAt > askedAt) && !isLapsed(hold, now);
}

/**
 * The holds over a person that stand against an act, soonest end first.
 *
 * @param tx - a transaction that must not commit when that changes meanwhile; absent for a look.
 */
export async function holdsAgainst(
  stores: Stores,
  subject: { tenantId: string; subjectId: string },
  act: HeldAct,
  tx?: Transaction,
): Promise<Hold[]> {
  return (await activeHoldsOver(stores, subject, tx)).filter((hold) => standsAgainst(hold, act));
}

/**
 * How many holds of a tenant are in force, whoever they are over.
 *
 * @param tx - a transaction that must not commit when that changes meanwhile; absent for a look.
 */
export async function countHoldsInForce(
  stores: Stores,
  tenantId: string,
  now: Date,
  tx?: Transaction,
): Promise<number> {
  return (await activeHoldsOf(stores, tenantId, tx)).filter((hold) => hold.endsAt > now).length;
}

/** How many holds of a tenant stand against an act, whoever they are over, as a transaction sees them. */
export async function countHoldsAgainst(
  stores: Stores,
  tenantId: string,
  act: HeldAct,
  tx: Transaction,
): Promise<number> {
  return (await activeHoldsOf(stores, tenantId, tx)).filter((hold) => standsAgainst(hold, act)).length;
}

/**
 * Paths of a tenant's items that holds keep from a purge, whoever they belong to: until one has lapsed, with staff told.
 *
 * @param tx - a transaction that must not destroy what is held meanwhile; absent for a look.
 */
export async function heldPaths(stores: Stores, tenantId: string, now: Date, tx?: Transaction): Promise<string[]> {
  const holds = await activeHoldsOf(stores, tenantId, tx);
  return holds.filter((hold) => standsAgainst(hold, { now })).flatMap(({ items }) => items);
}

/** Whether a record must be kept: it is an item itself, or lies below one. */
export function isHeld(holds: readonly Pick<Hold, "items">[], path: string): boolean {
  return holds.some((hold) => hold.items.some((item) => path === item || path.startsWith(`${item}/`)));
}
