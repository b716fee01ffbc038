import { createHmac } from "node:crypto";
import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../crypto/envelope.ts";
import { dekOf } from "../crypto/keyring.ts";
import { sealField } from "../crypto/sealed-fields.ts";
import { type CryptoDeps, tenantKey } from "../crypto/tenant-keys.ts";
import { documentPath } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { type AuditAction, actions, type Crud } from "./actions.ts";
import { commit } from "./commitment.ts";
import { encodeLeaf } from "./leaf.ts";
import { oweNudge } from "./nudges.ts";
import { createPendingEntry } from "./store.ts";

/**
 * The most that a leaf and its openings have in bytes: 256 of them, with their hashes, ids and tags, are a bundle, and a
 * Firestore document has at most 1 MiB. A reason of 500 characters fits in any script.
 */
const entryLimitBytes = 3_584;

/** Who did it: staff and software by id, in clear for the tenant and as a commitment in the log. */
export interface EntryActor {
  kind: "member" | "api-key" | "data-subject" | "system" | "operator";
  id: string;
}

/** What it was done to. A `personal` target's id is opened by its person's key only. */
export interface EntryTarget {
  kind: string;
  id: string;
}

/** An act to be recorded. Nothing in it may be personal data: ids, codes, counts, names of fields. */
export interface AuditEvent {
  action: AuditAction;
  actor: EntryActor;
  /** Data subject, conversation, lead, request...: ids that lead to a person. Commitments in the log. */
  personalTargets?: readonly EntryTarget[];
  /** Settings, documents, jobs, keys: ids in clear. */
  targets?: readonly EntryTarget[];
  outcome: "success" | "refused" | "intended" | "failed";
  /**
   * Why, in words: staff may name persons in it, so the log holds a commitment. It is opened by the person's key, or, where
   * the act concerns nobody, by the tenant's, as the actor is.
   */
  reason?: string;
  /** Codes, counts, digests, names of changed fields. */
  metadata?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

/**
 * What `appendEntry` needs that cannot be fetched inside a transaction: keys. Made before it, for one tenant and at
 * most one person.
 */
export interface AuditContext {
  deps: CryptoDeps;
  tenantId: string;
  auditKey: SealingKey;
  /** Absent when the act concerns nobody, or somebody whose key is gone. */
  person?: { subjectId: string; dek: SealingKey };
}

/**
 * Loads the keys that an entry needs.
 *
 * @param subjectId - the person concerned, or undefined.
 * @throws AppError `key-unavailable`: then the act must fail too. `subject-erased` when the person's key is gone;
 * record what concerns an erased person without naming one.
 */
export async function auditContext(deps: CryptoDeps, tenantId: string, subjectId?: string): Promise<AuditContext> {
  const key = await tenantKey(deps, tenantId, "audit");
  const auditKey: SealingKey = { kind: "tenant", bytes: key.bytes };
  if (subjectId === undefined) return { deps, tenantId, auditKey };
  return { deps, tenantId, auditKey, person: { subjectId, dek: await dekOf(deps, { tenantId, subjectId }) } };
}

/**
 * A tag by which a person's entries are found while the person's key exists, and by nobody afterwards.
 *
 * @returns 32 hex characters.
 */
export function subjectTag(dek: SealingKey): string {
  return createHmac("sha256", dek.bytes).update("lethe/audit-tag/v1").digest("hex").slice(0, 32);
}

/**
 * Records an act in the transaction that does it: an action without its entry cannot exist.
 * The entry waits in `auditPending` for the sequencer, whom `nudgeSequencers` tells when the act is done.
 *
 * @param tx - the transaction of the act; one write is added.
 * @returns the leaf: canonical JSON, as the log will hash it.
 * @throws AppError `input-too-large` for an event that would not let 256 of its kind stand in a bundle.
 */
export function appendEntry(tx: Transaction, context: AuditContext, event: AuditEvent): Uint8Array {
  const { deps, tenantId, person } = context;
  const entryId = deps.ids.next();
  const path = documentPath("auditPending", { tenantId, entryId });
  const openings: Record<string, { value: string; opening: string }> = {};
  const commitTo = (name: string, value: string) => {
    const opening = deps.ids.bytes(32);
    openings[name] = { value, opening: Buffer.from(opening).toString("base64url") };
    return commit(value, opening);
  };
  const committed = [
    ...(event.personalTargets ?? []),
    ...(event.reason === undefined ? [] : [{ kind: "reason", id: event.reason }]),
  ];
  const personal = committed.map((target, index) => ({
    kind: target.kind,
    commitment: commitTo(`target.${index}`, target.id),
  }));
  const sealedForPerson =
    person === undefined || personal.length === 0
      ? undefined
      : sealField(person.dek, path, "openings.person", JSON.stringify(openings), deps.ids);
  const reason = `target.${personal.length - 1}`;
  for (const name of Object.keys(openings)) {
    if (person !== undefined || event.reason === undefined || name !== reason) delete openings[name];
  }
  const isPerson = event.actor.kind === "data-subject";
  const actor = { kind: event.actor.kind, commitment: commitTo("actor", event.actor.id) };
  const actorKey = isPerson ? person?.dek : context.auditKey;
  const sealedActor =
    actorKey === undefined
      ? undefined
      : sealField(actorKey, path, "openings.actor", JSON.stringify(openings), deps.ids);
  const occurredAt = deps.clock.now();
  const leaf = encodeLeaf({
    action: event.action,
    version: 1,
    occurredAt,
    crud: crudOf(event.action),
    actor,
    targets: [...personal, ...(event.targets ?? [])],
    context: { tenant: tenantId },
    outcome: event.outcome,
    metadata: event.metadata ?? {},
    nonce: deps.ids.bytes(32),
  });
  const sealed = { ...(sealedForPerson && { person: sealedForPerson }), ...(sealedActor && { actor: sealedActor }) };
  const sizeBytes = leaf.length + (sealedForPerson?.length ?? 0) + (sealedActor?.length ?? 0);
  if (sizeBytes > entryLimitBytes)
    throw new AppError("input-too-large", `entry ${event.action} has ${sizeBytes} bytes, more than ${entryLimitBytes}`);
  createPendingEntry(tx, deps.stores, tenantId, entryId, {
    leaf,
    action: event.action,
    actorId: isPerson ? "" : event.actor.id,
    subjectTag: person === undefined ? "" : subjectTag(person.dek),
    openings: sealed,
    occurredAt,
  });
  oweNudge(deps.stores, tenantId);
  return leaf;
}

function crudOf(action: AuditAction): Crud {
  return actions[action].crud;
}
