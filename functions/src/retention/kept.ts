import type { Transaction } from "@google-cloud/firestore";
import type { Stores } from "../inventory/collections.ts";
import { heldPaths, isHeld } from "../subject-requests/held-items.ts";
import { statesOf } from "../subjects/assert-writable.ts";
import type { SubjectState } from "../subjects/freeze-subject.ts";

/** Where, and by what time, one looks for what keeps a record. */
export interface Look {
  stores: Stores;
  tenantId: string;
  now: Date;
  /** The transaction that destroys: it must not commit when a hold or a restriction comes meanwhile. */
  tx?: Transaction;
}

interface Keepable {
  path: string;
  subjectId: string | undefined;
}

/** Those of some records that nothing keeps although they are due: they are not held, their person is not restricted. */
export function withoutKept<Record extends Keepable>(look: Look, records: readonly Record[]): Promise<Record[]> {
  return without(look, records, ["restricted"]);
}

/** Those of some due records that a purge takes: not kept, and their person is not being erased by a job of its own. */
export function purgeable<Record extends Keepable>(look: Look, records: readonly Record[]): Promise<Record[]> {
  return without(look, records, ["restricted", "erasing"]);
}

async function without<Record extends Keepable>(
  { stores, tenantId, now, tx }: Look,
  records: readonly Record[],
  states: readonly SubjectState[],
): Promise<Record[]> {
  if (records.length === 0) return [];
  const ids = records.flatMap(({ subjectId }) => subjectId ?? []);
  const [held, stateOf] = await Promise.all([
    heldPaths(stores, tenantId, now, tx),
    statesOf(stores, tenantId, ids, tx),
  ]);
  return records.filter(({ path, subjectId }) => {
    const state = stateOf.get(subjectId ?? "");
    if (state !== undefined && states.includes(state)) return false;
    return !isHeld([{ items: held }], path) && !held.some((item) => item.startsWith(`${path}/`));
  });
}
