import { createHmac } from "node:crypto";
import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../crypto/envelope.ts";
import { dekOf } from "../crypto/keyring.ts";
import { sealField } from "../crypto/sealed-fields.ts";
import { type CryptoDeps, tenantKey } from "../crypto/tenant-keys.ts";
import { documentPath } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import { type AuditAction, actions, type Crud, isEvidence } from "./actions.ts";
import { commit } from "./commitment.ts";
import { type EvidenceKey, evidenceKey } from "./evidence-key.ts";
import { describeChanges, type FieldChange } from "./field-changes.ts";
import { encodeLeaf } from "./leaf.ts";
import { oweNudge } from "./nudges.ts";
import { createPendingEntry, type Openings } from "./store.ts";

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
  /** It also records a consent, though its action does not say so. */
  isEvidence?: boolean;
  /** What of the record is another afterwards, from `fieldChanges`; its names and values are not repeated in `metadata`. */
  changes?: readonly FieldChange[];
  /** Codes, counts, digests. */
  metadata?: Readonly<Record<string, string | number | boolean | readonly string[]>>;
}

interface Opening {
  value: string;
  opening: string;
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
  /** For acts on a person: opens the person's id, and no more, after the person's key is gone. */
  evidence?: EvidenceKey;
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
  const person = { subjectId, dek: await dekOf(deps, { tenantId, subjectId }) };
  return { deps, tenantId, auditKey, person, evidence: await evidenceKey(deps, tenantId) };
}

/** The keys for an entry that says of a person who is erased that a request was honored. @throws as `auditContext` does. */
export async function auditContextOfErased(deps: CryptoDeps, tenantId: string): Promise<AuditContext> {
  return { ...(await auditContext(deps, tenantId)), evidence: await evidenceKey(deps, tenantId) };
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
  const { actor, personal, changes, openings } = committed(deps, event);
  const sealed = sealOpenings(context, event, path, openings);
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
    metadata: { ...event.metadata, ...changes },
    nonce: deps.ids.bytes(32),
  });
  assertFits(event.action, [leaf, sealed.person, sealed.actor, sealed.evidence?.sealed]);
  createPendingEntry(tx, deps.stores, tenantId, entryId, {
    leaf,
    action: event.action,
    actorId: event.actor.kind === "data-subject" ? "" : event.actor.id,
    subjectTag: person === undefined ? "" : subjectTag(person.dek),
    openings: sealed,
    occurredAt,
  });
  oweNudge(deps.stores, tenantId);
  return leaf;
}

/** Openings by the names of what they open: `target.0`, `change.name.before`, `actor`. */
type NamedOpenings = Readonly<Record<string, Opening>>;

/** What the leaf says by commitments, and how they are opened. The reason stands behind the personal targets. */
function committed({ ids }: CryptoDeps, event: AuditEvent) {
  const openings: Record<string, Opening> = {};
  const commitTo = (name: string, value: string) => {
    const opening = ids.bytes(32);
    openings[name] = { value, opening: Buffer.from(opening).toString("base64url") };
    return commit(value, opening);
  };
  const targets = [
    ...(event.personalTargets ?? []),
    ...(event.reason === undefined ? [] : [{ kind: "reason", id: event.reason }]),
  ];
  const personal = targets.map(({ kind, id }, index) => ({ kind, commitment: commitTo(`target.${index}`, id) }));
  const changes = describeChanges(event.changes ?? [], commitTo);
  const actor = { kind: event.actor.kind, commitment: commitTo("actor", event.actor.id) };
  return { actor, personal, changes, openings };
}

/**
 * Seals each opening for whoever may know it: what concerns a person under the person's key, who acted under the tenant's,
 * or under the person's who did. Where nobody is concerned, reason and changes go with the actor; an id of somebody whose
 * key is gone is opened by nobody.
 */
function sealOpenings(context: AuditContext, event: AuditEvent, path: string, openings: NamedOpenings): Openings {
  const { deps, person, auditKey } = context;
  const { actor, ...ofAct } = openings;
  const reason = `target.${event.personalTargets?.length ?? 0}`;
  const ofNobody = Object.entries(ofAct).filter(([name]) => name === reason || name.startsWith("change."));
  const withActor = { ...(person === undefined ? Object.fromEntries(ofNobody) : {}), actor };
  const actorKey = event.actor.kind === "data-subject" ? person?.dek : auditKey;
  const seal = (key: SealingKey, name: keyof Openings, opened: object) =>
    sealField(key, path, `openings.${name}`, JSON.stringify(opened), deps.ids);
  const evidence = sealEvidence(context, event, path, openings);
  return {
    ...(person !== undefined && Object.keys(ofAct).length > 0 && { person: seal(person.dek, "person", ofAct) }),
    ...(actorKey !== undefined && { actor: seal(actorKey, "actor", withActor) }),
    ...(evidence !== undefined && { evidence }),
  };
}

function assertFits(action: AuditAction, parts: readonly (Uint8Array | undefined)[]): void {
  const sizeBytes = parts.reduce((sum, part) => sum + (part?.length ?? 0), 0);
  if (sizeBytes > entryLimitBytes)
    throw new AppError("input-too-large", `entry ${action} has ${sizeBytes} bytes, more than ${entryLimitBytes}`);
}

/** The openings of the person's own id, where an erasure leaves them: not of conversations, and not of words. */
function sealEvidence(
  { deps, evidence }: AuditContext,
  event: AuditEvent,
  path: string,
  openings: NamedOpenings,
): Openings["evidence"] {
  if (evidence === undefined || !(event.isEvidence ?? isEvidence(event.action))) return undefined;
  const targets = (event.personalTargets ?? []).map(({ kind }, position) => ({ kind, name: `target.${position}` }));
  const names = targets.filter(({ kind }) => kind === "subject").map(({ name }) => name);
  if (event.actor.kind === "data-subject") names.push("actor");
  if (names.length === 0) return undefined;
  const own = Object.fromEntries(names.map((name) => [name, openings[name]]));
  const sealed = sealField(evidence.key, path, "openings.evidence", JSON.stringify(own), deps.ids);
  return { keyId: evidence.id, sealed };
}

function crudOf(action: AuditAction): Crud {
  return actions[action].crud;
}
