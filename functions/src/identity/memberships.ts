import { collectionRef, documentRef, type Stores } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";

/** The tenant that an account belongs to, or undefined. */
export async function findMembership(stores: Stores, uid: string): Promise<string | undefined> {
  const data = (await documentRef(stores, "memberships", { uid }).get()).data() as { tenantId: string } | undefined;
  return data?.tenantId;
}

/** Every account that the directory places in a tenant. */
export async function listMemberships(stores: Stores, tenantId: string): Promise<string[]> {
  const { docs } = await collectionRef(stores, "memberships", {}).where("tenantId", "==", tenantId).get();
  return docs.map((entry) => entry.id);
}

/**
 * Puts an account into the directory.
 *
 * @returns whether it was missing there.
 * @throws AppError `already-exists` when the account belongs to another tenant.
 */
export async function saveMembership(stores: Stores, uid: string, tenantId: string): Promise<boolean> {
  const ref = documentRef(stores, "memberships", { uid });
  return stores.directory.runTransaction(async (tx) => {
    const known = (await tx.get(ref)).data() as { tenantId: string } | undefined;
    if (known !== undefined && known.tenantId !== tenantId) {
      throw new AppError("already-exists", `account ${uid} belongs to another tenant`);
    }
    if (known === undefined) tx.create(ref, { tenantId });
    return known === undefined;
  });
}

/** Takes an account out of the directory, if it belongs to the tenant. @returns whether it did. */
export async function deleteMembership(stores: Stores, uid: string, tenantId: string): Promise<boolean> {
  const ref = documentRef(stores, "memberships", { uid });
  return stores.directory.runTransaction(async (tx) => {
    const known = (await tx.get(ref)).data() as { tenantId: string } | undefined;
    if (known?.tenantId !== tenantId) return false;
    tx.delete(ref);
    return true;
  });
}
