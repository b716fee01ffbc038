import { FieldPath, type Transaction } from "@google-cloud/firestore";
import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import type { Stamp } from "../inventory/stored.ts";

/** A version of the region's key in Cloud KMS, as the last sweep saw it. */
export interface SeenVersion {
  /** Full name. */
  name: string;
  state: string;
  createdAt: Date;
  /** Since when no stored key is wrapped under it; absent while one is, and for the primary one. */
  unusedSince?: Date;
  /** When Cloud KMS destroys it for good; absent until that is scheduled. */
  destroyAt?: Date;
}

/** What the sweep of keys remembers between its runs. */
export interface KeySweepState {
  /** A round that is under way: which version was primary when it began, where it goes on, what it counted. */
  round?: { primary: string; after: string; uses: Readonly<Record<string, number>> };
  versions: readonly SeenVersion[];
  /** When the last round ended; absent before the first. */
  roundEndedAt?: Date;
}

const sweepName = "key-sweep";

/** What the sweep of keys remembers. */
export async function readKeySweep(stores: Stores): Promise<KeySweepState & { readAt: Date }> {
  const snapshot = await documentRef(stores, "sweeps", { sweepName }).get();
  const readAt = snapshot.readTime.toDate();
  const data = snapshot.data() as
    | {
        round: KeySweepState["round"] | null;
        versions: { name: string; state: string; createdAt: Stamp; unusedSince?: Stamp; destroyAt?: Stamp }[];
        roundEndedAt?: Stamp;
      }
    | undefined;
  if (data === undefined) return { versions: [], readAt };
  return {
    ...(data.round === null || data.round === undefined ? {} : { round: data.round }),
    ...(data.roundEndedAt === undefined ? {} : { roundEndedAt: data.roundEndedAt.toDate() }),
    versions: data.versions.map(({ createdAt, unusedSince, destroyAt, ...version }) => ({
      ...version,
      createdAt: createdAt.toDate(),
      ...(unusedSince === undefined ? {} : { unusedSince: unusedSince.toDate() }),
      ...(destroyAt === undefined ? {} : { destroyAt: destroyAt.toDate() }),
    })),
    readAt,
  };
}

/** Keeps what the sweep of keys remembers. */
export async function saveKeySweep(stores: Stores, state: KeySweepState, updatedAt: Date): Promise<void> {
  const { round, ...rest } = state;
  await documentRef(stores, "sweeps", { sweepName }).set({ ...rest, round: round ?? null, updatedAt });
}

/** Ids of the next tenants that have keys, behind an id. */
export async function pageOfKeyHolders(stores: Stores, after: string, limit: number): Promise<string[]> {
  const ordered = collectionRef(stores, "tenantKeys", {}).orderBy(FieldPath.documentId()).limit(limit).select();
  return (await (after === "" ? ordered : ordered.startAfter(after)).get()).docs.map(({ id }) => id);
}

/** Whether a tenant's account is open: there is one, and it is not being closed. */
export async function isAccountOpen(stores: Stores, tenantId: string, tx?: Transaction): Promise<boolean> {
  const ref = documentRef(stores, "tenants", { tenantId });
  const account = tx === undefined ? await ref.get() : await tx.get(ref);
  return account.exists && account.get("status") === "active";
}

const renewalPrefix = "key-renewal~";

/** Renewals that were begun: their outcome is not recorded yet. Few, since each is open for seconds. */
const renewalsAtOnce = 500;

function renewalRef(stores: Stores, tenantId: string) {
  return documentRef(stores, "sweeps", { sweepName: `${renewalPrefix}${tenantId}` });
}

/** Whether the outcome of a tenant's renewal is owed. */
export async function isRenewing(tx: Transaction, stores: Stores, tenantId: string): Promise<boolean> {
  return (await tx.get(renewalRef(stores, tenantId))).exists;
}

/** Notes that the outcome of a tenant's renewal is owed. */
export function createRenewal(tx: Transaction, stores: Stores, tenantId: string, createdAt: Date): void {
  tx.create(renewalRef(stores, tenantId), { createdAt });
}

/** The outcome of a tenant's renewal is recorded. */
export function deleteRenewal(tx: Transaction, stores: Stores, tenantId: string): void {
  tx.delete(renewalRef(stores, tenantId));
}

/** Tenants whose renewal's outcome is owed. */
export async function listRenewals(stores: Stores): Promise<string[]> {
  const sweeps = collectionRef(stores, "sweeps", {});
  const renewals = sweeps
    .where(FieldPath.documentId(), ">=", renewalPrefix)
    .where(FieldPath.documentId(), "<", `${renewalPrefix}\uf8ff`);
  return (await renewals.limit(renewalsAtOnce).select().get()).docs.map(({ id }) => id.slice(renewalPrefix.length));
}
