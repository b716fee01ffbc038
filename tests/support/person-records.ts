import type { SealingKey } from "../../functions/src/crypto/envelope.ts";
import { createKey } from "../../functions/src/crypto/keyring.ts";
import { sealField } from "../../functions/src/crypto/sealed-fields.ts";
import { type PersonalCollection, personalCollections } from "../../functions/src/inventory/subject-records.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";

/** What filling a tenant needs of a function's dependencies. */
type FillDeps = Pick<Deps, "stores" | "kms" | "kekName" | "keyCache" | "clock" | "ids">;

/** Documents that one commit writes. */
const batchSize = 500;

/** Words that stand in every sealed field of a person: what no search may find after the erasure. */
export function canaryOf(person: string): string {
  return `canary of ${person} <${person}@people.example>`;
}

/** Subject ids of the world's people: 20 characters, as real ones. */
export function subjectIdOf(person: string): string {
  return person.padEnd(20, "0");
}

/** The sealed fields that are fields of their own, not members of a list. */
export function plainSealed(entry: PersonalCollection): string[] {
  return entry.sealed.filter((field) => !field.includes("*"));
}

function recordOf(
  deps: FillDeps,
  entry: PersonalCollection,
  person: string,
  path: string,
  dek: SealingKey,
): Record<string, unknown> {
  const rule = entry.export.person;
  const fields = rule.rule === "include" ? Object.keys(rule.fields) : [];
  const plain = Object.fromEntries(
    // Nobody of the world is restricted.
    fields
      .filter((field) => !entry.sealed.includes(field) && field !== "restriction")
      .map((field) => [field, `${field} ${entry.name}`]),
  );
  const sealed = Object.fromEntries(
    plainSealed(entry).map((field) => [
      field,
      sealField(
        dek,
        path,
        field,
        entry.sealedJson?.includes(field) ? JSON.stringify({ name: canaryOf(person) }) : canaryOf(person),
        deps.ids,
      ),
    ]),
  );
  const owner = "field" in entry.dataSubject ? { [entry.dataSubject.field]: subjectIdOf(person) } : {};
  return { ...plain, ...sealed, ...owner, state: "open", createdAt: deps.clock.now() };
}

/** Fills a path's placeholders: the subject where a document is named by it, else ids that are unique to person and number. */
function pathOf(entry: PersonalCollection, tenantId: string, person: string, number: number): string {
  return entry.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "tenantId") return tenantId;
    if (name === "subjectId") return subjectIdOf(person);
    return `${person}${name.toLowerCase()}${number}`.padEnd(20, "0");
  });
}

/**
 * Makes a person with a key, and records in every collection that the inventory says to delete with a person.
 *
 * @param recordsIn - how many in a collection that may hold several.
 * @returns how many records there are.
 */
export async function addPersonTo(
  deps: FillDeps,
  tenantId: string,
  person: string,
  recordsIn: (entry: PersonalCollection) => number,
): Promise<number> {
  const dek = await createKey(deps, { collection: "deks", tenantId, subjectId: subjectIdOf(person) });
  let written = 0;
  for (const entry of personalCollections.filter((candidate) => candidate.erasure.action === "delete")) {
    const database = entry.database === "keys" ? deps.stores.keys : deps.stores.data;
    const single = "documentId" in entry.dataSubject;
    const count = single ? 1 : recordsIn(entry);
    for (let start = 0; start < count; start += batchSize) {
      const batch = database.batch();
      for (let number = start; number < Math.min(start + batchSize, count); number += 1) {
        const path = pathOf(entry, tenantId, person, number);
        const record = recordOf(deps, entry, person, path, dek);
        batch.set(database.doc(path), single ? { ...record, state: "active" } : record);
      }
      await batch.commit();
    }
    written += count;
  }
  return written;
}
