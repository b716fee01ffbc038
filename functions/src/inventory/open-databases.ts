import type { DocumentReference } from "@google-cloud/firestore";
import { AppError } from "../platform/errors.ts";
import { withinTime } from "../platform/within-time.ts";
import type { Clock } from "../ports/clock.ts";
import { collectionRef, documentRef, type Stores } from "./collections.ts";

/** Whether functions may use the pair of databases that they are configured to open. */
export interface Databases {
  /**
   * To be called before anything else of a request, message or sweep.
   *
   * @throws AppError `database-closed` unless the data database names itself and the keys database as open;
   * `store-unavailable` when it cannot be asked.
   */
  assertOpen(): Promise<void>;
}

/**
 * The record by which a pair of databases is open: it names both physical databases. A restored copy carries the names of
 * the pair that was backed up, so that it is closed by construction, whichever of the two was restored.
 */
export interface Opening {
  data: string;
  keys: string;
  state: "open" | "closed";
  changedAt: Date;
}

/** How long an instance relies on what it read: a pair that is closed by its record is served this long at most. */
export const openingLifetimeMs = 60_000;
const answerLimitMs = 10_000;

/** The record's place in the data database. */
export function openingRef(stores: Stores): DocumentReference {
  return documentRef(stores, "platform", { platformRecord: "opening" });
}

/** The record of a data database, or undefined in one that Lethe never opened. */
export async function findOpening(stores: Stores): Promise<Opening | undefined> {
  const data = (await openingRef(stores).get()).data() as
    | (Omit<Opening, "changedAt"> & { changedAt: { toDate(): Date } })
    | undefined;
  return data === undefined ? undefined : { ...data, changedAt: data.changedAt.toDate() };
}

/** The physical names of the pair. */
export function namesOf(stores: Stores): { data: string; keys: string } {
  return { data: stores.data.databaseId, keys: stores.keys.databaseId };
}

/** Whether a record opens this very pair. */
export function isOpen(stores: Stores, opening: Opening | undefined): boolean {
  const { data, keys } = namesOf(stores);
  return opening?.state === "open" && opening.data === data && opening.keys === keys;
}

/** Asks the record once a minute an instance; a warm request reads nothing. What is closed is asked about each time. */
export function openDatabases(stores: () => Stores, clock: Clock): Databases {
  let askedAt = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> | undefined;
  const ask = async () => {
    const startedAt = clock.now().getTime();
    const opening = await withinTime(answerLimitMs, "the record of open databases", findOpening(stores()));
    if (!isOpen(stores(), opening)) {
      throw new AppError("database-closed", `${stores().data.databaseId} is not open for functions`);
    }
    askedAt = startedAt;
  };
  return {
    async assertOpen() {
      const age = clock.now().getTime() - askedAt;
      if (age >= 0 && age < openingLifetimeMs) return;
      asking ??= ask().finally(() => {
        asking = undefined;
      });
      await asking;
    },
  };
}

/**
 * Opens a pair of databases that are new: without a record and without a tenant. Repeating it is no error.
 *
 * @throws AppError `database-closed` for a pair that holds something: it was restored, and a restore opens it.
 */
export async function openNewDatabases(stores: Stores, now: Date): Promise<void> {
  const ref = openingRef(stores);
  await stores.data.runTransaction(async (tx) => {
    const [record, tenants] = await Promise.all([tx.get(ref), tx.get(collectionRef(stores, "tenants", {}).limit(1))]);
    const { data, keys } = namesOf(stores);
    if (record.exists && record.get("data") === data && record.get("keys") === keys && record.get("state") === "open") {
      return;
    }
    if (record.exists || !tenants.empty) {
      throw new AppError("database-closed", `${data} is not new: restore opens what was restored`);
    }
    tx.set(ref, { ...namesOf(stores), state: "open", changedAt: now });
  });
}

/**
 * Closes a pair: functions refuse within a minute. Its own data stays as it is, and `restore` opens it again.
 *
 * @returns false when it was not open.
 */
export async function closeDatabases(stores: Stores, now: Date): Promise<boolean> {
  if (!isOpen(stores, await findOpening(stores))) return false;
  await openingRef(stores).set({ ...namesOf(stores), state: "closed", changedAt: now });
  return true;
}
