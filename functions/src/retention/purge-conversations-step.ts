import { documentRef } from "../inventory/collections.ts";
import { collections } from "../inventory/inventory.ts";
import {
  collectionsInScope,
  deleteScope,
  type PersonalCollection,
  pageOfRecords,
} from "../inventory/subject-records.ts";
import { deleteCounted } from "../jobs/delete-counted.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { freezeConversation } from "../subjects/freeze-subject.ts";
import { destroyEvidenceKeys } from "./destroy-evidence.ts";
import { type Look, purgeable, withoutKept } from "./kept.ts";
import { cursorAt, placeIn } from "./place.ts";
import { cutoffOf } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";
import { releasePersons } from "./release-persons.ts";
import { type ExpiredRecord, listExpired, listNeverAsked } from "./store.ts";

const pageSize = 50;
/** More turns than one conversation has; a key left behind raises the orphan sweep's alarm. */
const keptTurns = 2_000;

/**
 * Purges conversations past their period, each with its turns and staff state, and releases persons of whom nothing is
 * left. First those in which something was asked, then those that were only begun.
 */
export const purgeConversations: JobStep<Deps> = {
  name: "purge-conversations",
  async run(deps, { job, cursor }) {
    const { tenantId } = job;
    const { policy, now } = await purgeTime(deps, tenantId);
    const cutoff = cutoffOf(policy, "conversation", now);
    const heads = collections.find((entry) => entry.name === "conversations");
    if (cutoff === undefined || heads === undefined) return { done: true };
    const after = placeIn(cursor);
    const page = { after, limit: pageSize };
    const neverAsked = cursor?.neverAsked === true;
    const expired = neverAsked
      ? await listNeverAsked(deps.stores, tenantId, cutoff, page)
      : await listExpired(deps.stores, heads, tenantId, cutoff, page);
    const look = { stores: deps.stores, tenantId, now };
    const due = await purgeable(look, expired);
    await releasePersons(deps, look, due);
    for (const record of due) await purgeConversation(deps, job, look, record);
    const last = expired.at(-1);
    if (expired.length === pageSize && last !== undefined) return { next: { neverAsked, ...cursorAt(last) } };
    return neverAsked ? { done: true } : { next: { neverAsked: true } };
  },
};

/** The head goes last, so that a repeat finds the conversation again. One that is kept stays: see `freezeExpired`. */
async function purgeConversation(deps: Deps, job: Job, look: Look, record: ExpiredRecord): Promise<void> {
  const { id, subjectId } = record;
  const { tenantId } = look;
  if (subjectId === undefined || !(await freezeExpired(deps, look, record))) return;
  const scope = { tenantId, subjectId, conversationId: id };
  const entries = collectionsInScope(scope).filter((entry) => entry.retention === "conversation");
  // A head under an evidence key was kept by a hold that is over; its turns have keys of their own.
  if (record.data.evidenceId !== undefined) {
    for (const entry of entries) {
      const { records } = await pageOfRecords(deps.stores, entry, scope, { limit: keptTurns });
      await destroyEvidenceKeys(deps, tenantId, records);
    }
  }
  const remove = (entry: PersonalCollection, paths: readonly string[]) => deleteCounted(deps.stores, job, entry, paths);
  await deleteScope(deps.stores, entries, scope, { remove });
}

/**
 * Freezes an expired head, so that no turn begins or ends in it from here on.
 *
 * @returns false when, since it was listed, it was used, put under a hold, or its person restricted.
 */
async function freezeExpired(deps: Deps, look: Look, record: ExpiredRecord): Promise<boolean> {
  const { tenantId } = look;
  const { id, agedAt } = record;
  const ref = documentRef(deps.stores, "conversations", { tenantId, conversationId: id });
  return deps.stores.data.runTransaction(async (tx) => {
    const head = await tx.get(ref);
    if (!head.exists) return true;
    const used = (head.get("lastTurnAt") ?? head.get("startedAt")) as { toDate(): Date };
    if (used.toDate() > agedAt) return false;
    if ((await withoutKept({ ...look, tx }, [record])).length === 0) return false;
    freezeConversation(tx, deps.stores, tenantId, id, "erasing");
    return true;
  });
}
