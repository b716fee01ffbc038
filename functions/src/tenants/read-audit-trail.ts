import type { SealingKey } from "../crypto/envelope.ts";
import { dekOf } from "../crypto/keyring.ts";
import type { Staff } from "../identity/caller.ts";
import { listTeam } from "../identity/list-team.ts";
import type { AuditAction } from "../ledger/actions.ts";
import { appendEntry, auditContext, subjectTag } from "../ledger/append-entry.ts";
import { findEvidenceKey } from "../ledger/evidence-key.ts";
import { type OpenedEntry, type OpenedParty, openEntry } from "../ledger/open-entry.ts";
import { pageOfEntries } from "../ledger/page-of-entries.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { subjectsOfTags } from "../subjects/subjects-of-tags.ts";

/** One page of the trail, newest first. */
export interface TrailPage {
  entries: (Omit<OpenedEntry, "actor"> & { actor: OpenedParty & { name?: string } })[];
  nextCursor?: string;
}

/**
 * Reads the audit trail for a member of staff: staff by name, persons by id while they exist. Reading it is itself an
 * entry, durable before anything is opened.
 *
 * @param page.subjectId - entries about this person only.
 * @throws AppError `subject-erased` when that person is gone; `input-invalid` for a cursor that no page gave.
 */
export async function readAuditTrail(
  deps: Deps,
  staff: Staff,
  page: {
    limit: number;
    cursor?: string | undefined;
    action?: AuditAction | undefined;
    subjectId?: string | undefined;
  },
): Promise<TrailPage> {
  const { tenantId, actor } = staff;
  const { limit, cursor, action, subjectId } = page;
  const audit = await auditContext(deps, tenantId, subjectId);
  const tag = audit.person === undefined ? undefined : subjectTag(audit.person.dek);
  const stored = await pageOfEntries(deps.stores, tenantId, { action, subjectTag: tag }, { limit, cursor });
  await deps.stores.data.runTransaction(async (tx) => {
    appendEntry(tx, audit, {
      action: "audit-read",
      actor,
      ...(subjectId === undefined ? {} : { personalTargets: [{ kind: "subject", id: subjectId }] }),
      outcome: "success",
      metadata: { count: stored.entries.length, ...(action === undefined ? {} : { action }) },
    });
  });
  const deks = await keysOfTags(
    deps,
    tenantId,
    stored.entries.map((entry) => entry.subjectTag),
  );
  const orphaned = stored.entries.filter((entry) => !deks.has(entry.subjectTag));
  const evidence = await evidenceOf(
    deps,
    tenantId,
    orphaned.flatMap((entry) => entry.openings.evidence?.keyId ?? []),
  );
  const names = new Map((await listTeam(deps, staff)).map((member) => [member.uid, member.name]));
  const entries = stored.entries.map((entry) => {
    const dek = deks.get(entry.subjectTag);
    const opened = openEntry(tenantId, entry, { auditKey: audit.auditKey, dek, evidence });
    const name = opened.actor.id === undefined ? undefined : names.get(opened.actor.id);
    return { ...opened, actor: { ...opened.actor, ...(name === undefined ? {} : { name }) } };
  });
  return { entries, ...(stored.nextCursor === undefined ? {} : { nextCursor: stored.nextCursor }) };
}

/** The keys by which entries about consents and requests of erased persons still tell who it was. */
async function evidenceOf(deps: Deps, tenantId: string, ids: string[]): Promise<ReadonlyMap<string, SealingKey>> {
  const keys = await Promise.all(
    [...new Set(ids)].map(async (id) => [id, await findEvidenceKey(deps, tenantId, id)] as const),
  );
  return new Map(keys.flatMap(([id, key]) => (key === undefined ? [] : [[id, key] as const])));
}

/** The keys of the persons whose entries carry these tags; an erased person has none. */
async function keysOfTags(deps: Deps, tenantId: string, tags: string[]): Promise<ReadonlyMap<string, SealingKey>> {
  const subjects = await subjectsOfTags(
    deps.stores,
    tenantId,
    [...new Set(tags)].filter((tag) => tag !== ""),
  );
  const keys = await Promise.all(
    [...subjects].map(async ([tag, subjectId]) => {
      try {
        return [[tag, await dekOf(deps, { tenantId, subjectId })] as const];
      } catch (error) {
        if (error instanceof AppError && error.code === "subject-erased") return [];
        throw error;
      }
    }),
  );
  return new Map(keys.flat());
}
