import type { DocumentSnapshot, Transaction } from "@google-cloud/firestore";
import { freshReminders, type ReminderFields, remindersFrom } from "../../deadlines/deadline.ts";
import { collectionGroupRef, collectionRef, documentRef, type Stores } from "../../inventory/collections.ts";
import type { Stamp } from "../../inventory/stored.ts";

/** A duty to keep certain items of a person, as stored. */
export interface Hold {
  id: string;
  tenantId: string;
  subjectId: string;
  /** Document paths of what must be kept; a conversation's head stands for its turns too. */
  items: readonly string[];
  basis: string;
  createdAt: Date;
  endsAt: Date;
  /** `ended`: it lapsed, and a sweep has seen to what it kept. */
  state: "active" | "lifted" | "ended";
  /** Letters to staff about its end. */
  reminders: ReminderFields["reminders"];
}

export interface HoldKey {
  tenantId: string;
  holdId: string;
}

function holdFrom(snapshot: DocumentSnapshot): Hold | undefined {
  const data = snapshot.data() as
    | (Pick<Hold, "subjectId" | "items" | "basis" | "state"> & {
        createdAt: Stamp;
        endsAt: Stamp;
        reminders?: unknown;
      })
    | undefined;
  if (data === undefined) return undefined;
  const { subjectId, items, basis, state } = data;
  return {
    id: snapshot.id,
    tenantId: snapshot.ref.path.split("/")[1] ?? "",
    subjectId,
    items,
    basis,
    state,
    createdAt: data.createdAt.toDate(),
    endsAt: data.endsAt.toDate(),
    reminders: remindersFrom(data.reminders),
  };
}

/** A hold, or undefined. */
export async function findHold(stores: Stores, key: HoldKey): Promise<Hold | undefined> {
  return holdFrom(await documentRef(stores, "holds", { ...key }).get());
}

/** A hold within a transaction, or undefined. */
export async function readHold(tx: Transaction, stores: Stores, key: HoldKey): Promise<Hold | undefined> {
  return holdFrom(await tx.get(documentRef(stores, "holds", { ...key })));
}

/** Stores a hold that is in force, with the reminders of its end before it. */
export function createHold(tx: Transaction, stores: Stores, hold: Omit<Hold, "state" | "reminders">): void {
  const { id: holdId, tenantId, ...fields } = hold;
  const reminders = freshReminders("hold", hold.endsAt, hold.createdAt);
  tx.create(documentRef(stores, "holds", { tenantId, holdId }), { ...fields, state: "active", ...reminders });
}

/** Moves a hold's end, and begins its reminders anew. */
export function moveEnd(tx: Transaction, stores: Stores, key: HoldKey, endsAt: Date, now: Date): void {
  tx.update(documentRef(stores, "holds", { ...key }), { endsAt, ...freshReminders("hold", endsAt, now) });
}

/** Marks a hold as over: it keeps nothing from here on, and nobody is reminded of it. */
export function closeHold(tx: Transaction, stores: Stores, key: HoldKey, state: "lifted" | "ended", at: Date): void {
  tx.update(documentRef(stores, "holds", { ...key }), { state, overAt: at, nextReminderAt: null });
}

/**
 * The holds over a person that nobody lifted and no sweep ended, soonest end first: some may be past their end.
 *
 * @param tx - a transaction that must not commit when that changes meanwhile; absent for a look.
 */
export async function activeHoldsOver(
  stores: Stores,
  { tenantId, subjectId }: { tenantId: string; subjectId: string },
  tx?: Transaction,
): Promise<Hold[]> {
  const own = collectionRef(stores, "holds", { tenantId })
    .where("subjectId", "==", subjectId)
    .where("state", "==", "active");
  return soonestFirst((await (tx === undefined ? own.get() : tx.get(own))).docs);
}

/** The same for everybody of a tenant. */
export async function activeHoldsOf(stores: Stores, tenantId: string, tx?: Transaction): Promise<Hold[]> {
  const active = collectionRef(stores, "holds", { tenantId }).where("state", "==", "active");
  return soonestFirst((await (tx === undefined ? active.get() : tx.get(active))).docs);
}

function soonestFirst(docs: readonly DocumentSnapshot[]): Hold[] {
  return docs.flatMap((snapshot) => holdFrom(snapshot) ?? []).sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime());
}

/**
 * Holds of every tenant of the region that are active and were to end before a time, the longest over first.
 *
 * @param after - the last one of the page before; one that stays past its end is not given twice.
 */
export async function pagePastEnd(stores: Stores, before: Date, limit: number, after?: Hold): Promise<Hold[]> {
  const past = collectionGroupRef(stores, "holds").where("state", "==", "active").where("endsAt", "<=", before);
  const ordered = past.orderBy("endsAt").orderBy("__name__").limit(limit);
  const page =
    after === undefined
      ? ordered
      : ordered.startAfter(after.endsAt, documentRef(stores, "holds", { tenantId: after.tenantId, holdId: after.id }));
  return (await page.get()).docs.flatMap((snapshot) => holdFrom(snapshot) ?? []);
}

/**
 * Which of some holds in force keep what they keep of a person who is erased: their items lie under keys of their own.
 *
 * @returns their ids.
 */
export async function heldAfterErasure(stores: Stores, holds: readonly Hold[]): Promise<ReadonlySet<string>> {
  // The items of a hold are of one person, so that the first tells of all.
  const paths = new Set(holds.flatMap(({ state, items }) => (state === "active" ? items.slice(0, 1) : [])));
  if (paths.size === 0) return new Set();
  const refs = [...paths].map((path) => stores.data.doc(path));
  const firsts = await stores.data.getAll(...refs, { fieldMask: ["evidenceId"] });
  const resealed = new Set(firsts.flatMap((item) => (item.get("evidenceId") === undefined ? [] : [item.ref.path])));
  return new Set(
    holds.flatMap(({ id, state, items: [first = ""] }) => (state === "active" && resealed.has(first) ? [id] : [])),
  );
}

/** Every hold ever placed over a person. */
export async function everyHoldOver(stores: Stores, tenantId: string, subjectId: string): Promise<Hold[]> {
  // One person's are few, and so are put in order by the caller: no index is needed for them.
  const own = collectionRef(stores, "holds", { tenantId }).where("subjectId", "==", subjectId);
  return soonestFirst((await own.get()).docs);
}

/** One page of a tenant's holds of some states; active ones soonest end first, others latest end first. */
export async function pageOfHolds(
  stores: Stores,
  tenantId: string,
  isActive: boolean,
  page: { limit: number; after?: { time: Date; id: string } | undefined },
): Promise<Hold[]> {
  const all = collectionRef(stores, "holds", { tenantId });
  const chosen = isActive ? all.where("state", "==", "active") : all.where("state", "in", ["lifted", "ended"]);
  const direction = isActive ? "asc" : "desc";
  const ordered = chosen.orderBy("endsAt", direction).orderBy("__name__", direction).limit(page.limit);
  const from = page.after === undefined ? ordered : ordered.startAfter(page.after.time, page.after.id);
  return (await from.get()).docs.flatMap((snapshot) => holdFrom(snapshot) ?? []);
}
