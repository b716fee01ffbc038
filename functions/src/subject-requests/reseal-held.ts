import type { SealingKey } from "../crypto/envelope.ts";
import { createKey, destroyKey, keyAt } from "../crypto/keyring.ts";
import { openField, sealField } from "../crypto/sealed-fields.ts";
import {
  type PersonalCollection,
  pageOfRecords,
  personalCollections,
  type SubjectRecord,
} from "../inventory/subject-records.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { type Hold, isHeld } from "./held-items.ts";

interface Subject {
  tenantId: string;
  subjectId: string;
}

/** Whatever a person's key seals. */
export const sealedByDek: readonly PersonalCollection[] = personalCollections.filter(
  ({ sealedBy }) => sealedBy === "dek",
);

/**
 * Seals one page of what must be kept under keys of their own, with basis and end, before the person's key goes. An item
 * already under an evidence key is left as it is, so a page is safe to repeat.
 *
 * @param after - path of the last record seen, absent at the start.
 * @returns how many were resealed; `after` is absent when there are no more records.
 */
export async function resealPage(
  deps: Deps,
  entry: PersonalCollection,
  subject: Subject,
  by: { holds: readonly Hold[]; dek: SealingKey },
  page: { after?: string | undefined; limit: number },
): Promise<{ kept: number; after?: string }> {
  const { records, after } = await pageOfRecords(deps.stores, entry, subject, page);
  let kept = 0;
  for (const record of records) {
    const hold = by.holds.find((candidate) => isHeld([candidate], record.path));
    if (hold === undefined || typeof record.data.evidenceId === "string") continue;
    await resealRecord(deps, entry, subject, record, hold, by.dek);
    kept += 1;
  }
  return after === undefined ? { kept } : { kept, after };
}

async function resealRecord(
  deps: Deps,
  entry: PersonalCollection,
  subject: Subject,
  record: SubjectRecord,
  hold: Hold,
  dek: SealingKey,
): Promise<void> {
  const itemId = idOf(record.path);
  const place = { collection: "evidence", tenantId: subject.tenantId, itemId } as const;
  const fields = { subjectId: subject.subjectId, basis: hold.basis, endsAt: hold.endsAt, holdId: hold.id };
  // A repeat after a crash finds the key made and the record not yet resealed: it goes on with that key.
  const key = await createKey(deps, place, fields).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "already-exists") return keyAt(deps, place);
    throw error;
  });
  const resealed: Record<string, Uint8Array> = {};
  for (const field of entry.sealed.filter((name) => !name.includes("*"))) {
    const sealed = record.data[field];
    if (sealed instanceof Uint8Array)
      resealed[field] = sealField(key, record.path, field, openField(dek, record.path, field, sealed), deps.ids);
  }
  const emptied = entry.sealed.some((name) => name.includes("*")) ? { window: [] } : {};
  await deps.stores.data.doc(record.path).update({ ...resealed, ...emptied, evidenceId: itemId });
}

/**
 * Destroys the keys of a person's kept items that no hold keeps any more; what they sealed goes after them. Safe to repeat.
 *
 * @returns how many there were.
 */
export async function destroyEvidence(deps: Deps, subject: Subject, holds: readonly Hold[]): Promise<number> {
  const evidence = personalCollections.filter(({ name }) => name === "evidence");
  const keys = new Set(await idsIn(deps, evidence, subject));
  if (keys.size === 0) return 0;
  const kept = holds.length === 0 ? [] : await idsIn(deps, sealedByDek, subject, (path) => isHeld(holds, path));
  for (const itemId of kept) keys.delete(itemId);
  for (const itemId of keys) await destroyKey(deps, { collection: "evidence", tenantId: subject.tenantId, itemId });
  return keys.size;
}

/** Ids of a person's records in some collections; a kept record's evidence key has the same. */
async function idsIn(
  deps: Deps,
  entries: readonly PersonalCollection[],
  subject: Subject,
  isChosen: (path: string) => boolean = () => true,
): Promise<string[]> {
  const ids: string[] = [];
  for (const entry of entries) {
    let after: string | undefined;
    do {
      const page = await pageOfRecords(deps.stores, entry, subject, { after, limit: 1_000, idsOnly: true });
      ids.push(...page.records.flatMap(({ path }) => (isChosen(path) ? [idOf(path)] : [])));
      after = page.after;
    } while (after !== undefined);
  }
  return ids;
}

function idOf(path: string): string {
  return path.split("/").at(-1) ?? "";
}
