import type { Transaction } from "@google-cloud/firestore";
import type { IdentifierKind } from "../crypto/blind-index.ts";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";
import { type Restriction, restrictionFrom, type StoredRestriction, type SubjectState } from "./freeze-subject.ts";

export interface SubjectKey {
  tenantId: string;
  subjectId: string;
}

/** A data subject as stored. */
export interface StoredSubject {
  state: SubjectState;
  /** Sealed JSON of what the person told; absent until something was told. */
  profile?: Uint8Array;
  /** Why it is restricted; absent when it is not. */
  restriction?: Restriction;
  createdAt: Date;
}

function subjectFrom(stored: unknown): StoredSubject | undefined {
  if (stored === undefined) return undefined;
  const { state, profile, restriction, createdAt } = stored as Omit<StoredSubject, "createdAt" | "restriction"> & {
    restriction?: StoredRestriction;
    createdAt: { toDate(): Date };
  };
  const restricted = restrictionFrom(restriction);
  return {
    state,
    ...(profile === undefined ? {} : { profile }),
    ...(restricted === undefined ? {} : { restriction: restricted }),
    createdAt: createdAt.toDate(),
  };
}

/**
 * A claim that an identifier belongs to a person. A visitor who types an address makes a stated claim, which opens
 * nothing; a verified one was proven.
 */
export interface IdentifierClaim extends SubjectKey {
  kind: IdentifierKind;
  /** From `blindIndex`. */
  blindIndex: string;
  level: "stated" | "verified";
  createdAt: Date;
}

/**
 * Stores a new, active subject.
 *
 * @param auditTag - `subjectTag` of the person's key: leads from an audit entry to the person, until both are gone.
 */
export function createSubject(
  tx: Transaction,
  stores: Stores,
  subject: SubjectKey,
  createdAt: Date,
  auditTag: string,
): void {
  tx.create(documentRef(stores, "subjects", subject), { state: "active", createdAt, auditTag });
}

/** The persons whose audit entries carry these tags, by tag; an erased person is not among them. */
export async function findSubjectsByTags(
  stores: Stores,
  tenantId: string,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  // Firestore takes 30 values in one question.
  for (let start = 0; start < tags.length; start += 30) {
    const some = collectionRef(stores, "subjects", { tenantId }).where("auditTag", "in", tags.slice(start, start + 30));
    for (const subject of (await some.get()).docs) found.set(String(subject.get("auditTag")), subject.id);
  }
  return found;
}

/** Persons for whom an identifier is claimed, at most 50, verified claims first. */
export async function listClaimants(
  stores: Stores,
  tenantId: string,
  index: string,
): Promise<Pick<IdentifierClaim, "subjectId" | "level">[]> {
  const claims = collectionRef(stores, "identifiers", { tenantId }).where("blindIndex", "==", index).limit(50);
  const { docs } = await claims.get();
  const found = docs.map((claim) => claim.data() as Pick<IdentifierClaim, "subjectId" | "level">);
  return found.sort((a, b) => b.level.localeCompare(a.level));
}

/** Claims of a person, at most 100. */
export async function listClaims(stores: Stores, subject: SubjectKey): Promise<IdentifierClaim[]> {
  const { tenantId, subjectId } = subject;
  const claims = collectionRef(stores, "identifiers", { tenantId }).where("subjectId", "==", subjectId).limit(100);
  const { docs } = await claims.get();
  return docs.map((snapshot) => {
    const data = snapshot.data() as Omit<IdentifierClaim, "tenantId" | "createdAt"> & { createdAt: { toDate(): Date } };
    return { ...data, tenantId, createdAt: data.createdAt.toDate() };
  });
}

/** A subject within a transaction, or undefined. */
export async function readSubject(
  tx: Transaction,
  stores: Stores,
  subject: SubjectKey,
): Promise<StoredSubject | undefined> {
  return subjectFrom((await tx.get(documentRef(stores, "subjects", subject))).data());
}

/** Replaces the sealed profile. */
export function updateProfile(tx: Transaction, stores: Stores, subject: SubjectKey, profile: Uint8Array): void {
  tx.update(documentRef(stores, "subjects", subject), { profile });
}

/** Stores a claim, unless the same person has the identifier at that level or a higher one. */
export async function saveClaim(stores: Stores, claim: IdentifierClaim): Promise<void> {
  const { tenantId, ...fields } = claim;
  const claimId = `${claim.blindIndex}.${claim.subjectId}`;
  const ref = documentRef(stores, "identifiers", { tenantId, claimId });
  await stores.keys.runTransaction(async (tx: Transaction) => {
    const stored = (await tx.get(ref)).data() as { level: IdentifierClaim["level"] } | undefined;
    if (stored === undefined) tx.create(ref, fields);
    else if (stored.level === "stated" && claim.level === "verified") tx.update(ref, { level: "verified" });
  });
}

/**
 * Stores a verified claim on an identifier that one person alone can hold, unless another one's stands: of two calls at
 * once, one is first.
 *
 * @param mayPass - says of the others' verified claims whether this one may stand beside them.
 * @returns whether the claim is stored.
 */
export async function saveSoleClaim(
  stores: Stores,
  claim: IdentifierClaim,
  mayPass: (others: readonly IdentifierClaim[]) => Promise<boolean>,
): Promise<boolean> {
  const { tenantId, ...fields } = claim;
  const ref = documentRef(stores, "identifiers", { tenantId, claimId: `${claim.blindIndex}.${claim.subjectId}` });
  const all = collectionRef(stores, "identifiers", { tenantId }).where("blindIndex", "==", claim.blindIndex).limit(50);
  return stores.keys.runTransaction(async (tx: Transaction) => {
    const others = (await tx.get(all)).docs
      .map((snapshot) => {
        const data = snapshot.data() as Omit<IdentifierClaim, "tenantId" | "createdAt"> & { createdAt: Stamp };
        return { ...data, tenantId, createdAt: data.createdAt.toDate() };
      })
      .filter((other) => other.level === "verified" && other.subjectId !== claim.subjectId);
    if (others.length > 0 && !(await mayPass(others))) return false;
    tx.set(ref, fields);
    return true;
  });
}

/** Deletes a person's claim; an absent one is no error. */
export async function deleteClaim(stores: Stores, subject: SubjectKey, blindIndex: string): Promise<void> {
  const claimId = `${blindIndex}.${subject.subjectId}`;
  await documentRef(stores, "identifiers", { tenantId: subject.tenantId, claimId }).delete();
}

/** A subject, or undefined. */
export async function findSubject(stores: Stores, subject: SubjectKey): Promise<StoredSubject | undefined> {
  return subjectFrom((await documentRef(stores, "subjects", subject).get()).data());
}

/** The states of persons, by id; one who does not exist, or no more, is not among them. */
export async function findStates(
  stores: Stores,
  tenantId: string,
  subjectIds: readonly string[],
  tx?: Transaction,
): Promise<ReadonlyMap<string, SubjectState>> {
  const refs = [...new Set(subjectIds)].map((subjectId) => documentRef(stores, "subjects", { tenantId, subjectId }));
  if (refs.length === 0) return new Map();
  const found = await (tx === undefined ? stores.data.getAll(...refs) : tx.getAll(...refs));
  return new Map(found.flatMap((one) => (one.exists ? [[one.id, one.get("state") as SubjectState] as const] : [])));
}

/** Whether the person proved to hold the identifier of a blind index. */
export async function hasVerifiedClaim(stores: Stores, subject: SubjectKey, index: string): Promise<boolean> {
  const claimId = `${index}.${subject.subjectId}`;
  const claim = await documentRef(stores, "identifiers", { tenantId: subject.tenantId, claimId }).get();
  return claim.get("level") === "verified";
}
