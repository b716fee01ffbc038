import { type CollectionName, collections } from "../inventory/inventory.ts";
import { type PersonalCollection, pageOfRecords, personalCollections } from "../inventory/subject-records.ts";
import type { Deps } from "../platform/deps.ts";
import { holdsInForce } from "../subject-requests/held-items.ts";
import { exists, isJobOpen, type Kept } from "./store.ts";

/** What an orphan is: a key whose data is gone, or data whose key is gone. */
export type OrphanKind = "key-without-data" | "data-without-key";

const sealedByDek: readonly PersonalCollection[] = personalCollections.filter((entry) => entry.sealedBy === "dek");

/** Records below other records are found with their head, which goes last. */
const isTopLevel = (entry: PersonalCollection) => entry.path.split("/").length === 4;

/** What the sweep walks, in order: every key of a tenant, then whatever such a key seals. */
export const sweptCollections: readonly CollectionName[] = [
  "deks",
  "identifiers",
  "evidence",
  "jobKeys",
  ...sealedByDek.filter(isTopLevel).map(({ name }) => name),
  ...collections.filter(({ sealedBy }) => sealedBy === "job-key").map(({ name }) => name),
];

/**
 * Says whether a key or a record has lost its counterpart. Two databases are not read at one instant: what looks like
 * an orphan is looked at once more, since a key goes before what it seals and both may have gone meanwhile.
 *
 * @returns the kind of orphan; undefined for what has its counterpart, is gone by now, or is still in use.
 */
export async function findOrphan(deps: Deps, kept: Kept): Promise<OrphanKind | undefined> {
  const { collection } = kept;
  const kind: OrphanKind =
    personalKeys.has(collection) || collection === "jobKeys" ? "key-without-data" : "data-without-key";
  if (await hasCounterpart(deps, kept)) return undefined;
  return (await exists(deps.stores, kept)) ? kind : undefined;
}

const personalKeys = new Set<CollectionName>(["deks", "identifiers", "evidence"]);

async function hasCounterpart(deps: Deps, kept: Kept): Promise<boolean> {
  const { stores } = deps;
  const { collection, tenantId, id, subjectId = "" } = kept;
  const has = (name: CollectionName, of: string) => exists(stores, { collection: name, tenantId, id: of });
  if (collection === "jobKeys" || collection === "jobInputs") {
    if (await isJobOpen(stores, tenantId, id)) return true;
    return has(collection === "jobKeys" ? "jobInputs" : "jobKeys", id);
  }
  // The key of a month of audit entries is nobody's: it has an end, at which a purge destroys it.
  if (collection === "evidence" && subjectId === "") return true;
  if (subjectId === "") return false;
  if (collection === "deks" || collection === "identifiers") return has("subjects", subjectId);
  if (collection === "evidence") return isEvidenceNeeded(deps, kept, subjectId);
  return kept.evidenceId === undefined ? has("deks", subjectId) : has("evidence", kept.evidenceId);
}

/** A hold is in force over the person, or a record is sealed under the key. */
async function isEvidenceNeeded(deps: Deps, { tenantId, id }: Kept, subjectId: string): Promise<boolean> {
  if ((await holdsInForce(deps.stores, { tenantId, subjectId }, deps.clock.now())).length > 0) return true;
  for (const entry of sealedByDek) {
    let after: string | undefined;
    do {
      const page = await pageOfRecords(deps.stores, entry, { tenantId, subjectId }, { after, limit: 200 });
      if (page.records.some(({ data }) => data.evidenceId === id)) return true;
      after = page.after;
    } while (after !== undefined);
  }
  return false;
}
