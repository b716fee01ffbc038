import type { SealingKey } from "../../crypto/envelope.ts";
import { createKey, dekOf, keyAt } from "../../crypto/keyring.ts";
import { openField, sealField } from "../../crypto/sealed-fields.ts";
import {
  collectionsInScope,
  type PersonalCollection,
  pageOfRecords,
  type SubjectRecord,
} from "../../inventory/subject-records.ts";
import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { log } from "../../platform/log.ts";
import { type Hold, holdsInForce, isHeld } from "../held-items.ts";
import { recordScopeOf, scopeOfJob } from "./scope.ts";

/**
 * Seals what must be kept under a key of its own, with basis and end, before the person's key goes.
 * An item already under an evidence key is left as it is, so the step is safe to repeat from any point.
 */
export const resealHeld: JobStep<Deps> = {
  name: "reseal-held",
  async run(deps, { job }) {
    const { tenantId } = job;
    const scope = scopeOfJob(job);
    const holds = await holdsInForce(deps.stores, { tenantId, subjectId: scope.subjectId }, job.createdAt);
    if (holds.length === 0 || scope.kind !== "person") return { done: true };
    const dek = await dekOf(deps, { tenantId, subjectId: scope.subjectId }).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "subject-erased") return undefined;
      throw error;
    });
    if (dek === undefined) return { done: true };
    let kept = 0;
    for (const entry of collectionsInScope(recordScopeOf(tenantId, scope))) {
      if (entry.sealedBy !== "dek") continue;
      kept += await resealCollection(deps, entry, { tenantId, subjectId: scope.subjectId }, holds, dek);
    }
    log.info("resealed held items", { jobId: job.id, count: kept });
    return { done: true, counts: { "kept.items": kept } };
  },
};

async function resealCollection(
  deps: Deps,
  entry: PersonalCollection,
  subject: { tenantId: string; subjectId: string },
  holds: readonly Hold[],
  dek: SealingKey,
): Promise<number> {
  let kept = 0;
  let after: string | undefined;
  do {
    const page = await pageOfRecords(deps.stores, entry, subject, { after, limit: 200 });
    for (const record of page.records) {
      const hold = holds.find((candidate) => isHeld([candidate], record.path));
      if (hold !== undefined && (await resealRecord(deps, entry, subject, record, hold, dek))) kept += 1;
    }
    after = page.after;
  } while (after !== undefined);
  return kept;
}

/** Reseals one record; false when an evidence key seals it already. */
async function resealRecord(
  deps: Deps,
  entry: PersonalCollection,
  subject: { tenantId: string; subjectId: string },
  record: SubjectRecord,
  hold: Hold,
  dek: SealingKey,
): Promise<boolean> {
  if (typeof record.data.evidenceId === "string") return false;
  const itemId = record.path.split("/").at(-1) ?? "";
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
  return true;
}
