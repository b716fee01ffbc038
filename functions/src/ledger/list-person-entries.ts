import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { auditContext, subjectTag } from "./append-entry.ts";
import { type OpenedEntry, openEntry } from "./open-entry.ts";
import { pageOfEntries } from "./page-of-entries.ts";

const pageSize = 100;

/**
 * A person's audit entries, oldest first, with what the person's key opens: found by a tag that only that key makes.
 *
 * @throws AppError `subject-erased` once the key is destroyed: nobody can ask then.
 */
export async function listPersonEntries(deps: CryptoDeps, tenantId: string, subjectId: string): Promise<OpenedEntry[]> {
  const { auditKey, person } = await auditContext(deps, tenantId, subjectId);
  if (person === undefined) return [];
  const keys = { auditKey, dek: person.dek };
  // By id: an entry that is integrated between two pages is on both.
  const entries = new Map<string, OpenedEntry>();
  let cursor: string | undefined;
  do {
    const filter = { subjectTag: subjectTag(person.dek) };
    const page = await pageOfEntries(deps.stores, tenantId, filter, { limit: pageSize, cursor });
    for (const entry of page.entries) entries.set(entry.id, openEntry(tenantId, entry, keys));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return [...entries.values()].sort((a, b) => a.occurredAt.getTime() - b.occurredAt.getTime());
}
