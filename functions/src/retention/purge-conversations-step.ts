import { collections } from "../inventory/inventory.ts";
import { collectionsInScope, deleteRecords, pageOfRecords } from "../inventory/subject-records.ts";
import type { JobStep } from "../jobs/job.ts";
import type { Deps } from "../platform/deps.ts";
import { isKept } from "./kept.ts";
import { cutoffOf } from "./policy.ts";
import { purgeTime } from "./purge-time.ts";
import { releasePersons } from "./release-persons.ts";
import { type ExpiredRecord, listExpired, listHeldPaths, listUntouchable } from "./store.ts";

const pageSize = 50;

/** Purges conversations past their period, each with its turns and staff state; then persons of whom nothing is left. */
export const purgeConversations: JobStep<Deps> = {
  name: "purge-conversations",
  async run(deps, { job, cursor }) {
    const { tenantId } = job;
    const { policy, now } = await purgeTime(deps, tenantId);
    const cutoff = cutoffOf(policy, "conversation", now);
    const heads = collections.find((entry) => entry.name === "conversations");
    if (cutoff === undefined || heads === undefined) return { done: true };
    const after = typeof cursor?.after === "string" ? new Date(cursor.after) : undefined;
    const expired = await listExpired(deps.stores, heads, tenantId, cutoff, { after, limit: pageSize });
    const held = await listHeldPaths(deps.stores, tenantId, now);
    const untouchable = await listUntouchable(
      deps.stores,
      tenantId,
      expired.flatMap(({ subjectId }) => subjectId ?? []),
    );
    const due = expired.filter((record) => !isKept(record, held, untouchable));
    for (const record of due) await purgeConversation(deps, tenantId, record);
    await releasePersons(
      deps,
      tenantId,
      due.flatMap(({ subjectId }) => subjectId ?? []),
    );
    const counts = due.length === 0 ? {} : { conversations: due.length };
    const last = expired.at(-1);
    if (expired.length < pageSize || last === undefined) return { done: true, counts };
    return { next: { after: last.agedAt.toISOString() }, counts };
  },
};

/** The head goes last, so that a repeat finds the conversation again. */
async function purgeConversation(deps: Deps, tenantId: string, { id, subjectId }: ExpiredRecord): Promise<void> {
  if (subjectId === undefined) return;
  const scope = { tenantId, subjectId, conversationId: id };
  const entries = collectionsInScope(scope).filter((entry) => entry.retention === "conversation");
  for (const entry of entries.toReversed()) {
    let after: string | undefined;
    do {
      const page = await pageOfRecords(deps.stores, entry, scope, { after, limit: 500, idsOnly: true });
      await deleteRecords(
        deps.stores,
        entry,
        page.records.map((record) => record.path),
      );
      after = page.after;
    } while (after !== undefined);
  }
}
