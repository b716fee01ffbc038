import { z } from "zod";
import { listOwners } from "../identity/list-owners.ts";
import type { Deps } from "../platform/deps.ts";
import { findTenant } from "../tenants/find-tenant.ts";

const peopleShape = z.strictObject({ owners: z.array(z.string()), stripeCustomerId: z.string().optional() });

/** What the deletion must still know when every key of the account is gone: whom to tell, and where else to delete. */
export type People = z.infer<typeof peopleShape>;

function aadOf(tenantId: string): Uint8Array {
  return Buffer.from(JSON.stringify(["lethe/closure-people/v1", tenantId]));
}

/** Reads whom to tell and seals it by Cloud KMS itself, since no key of the tenant outlives the next step. */
export async function sealPeople(deps: Deps, tenantId: string): Promise<Uint8Array> {
  const [owners, tenant] = await Promise.all([listOwners(deps, tenantId), findTenant(deps.stores, tenantId)]);
  const stripeCustomerId = tenant?.stripeCustomerId;
  const people: People = { owners: owners.map(({ email }) => email), ...(stripeCustomerId && { stripeCustomerId }) };
  const sealed = await deps.kms.encrypt(deps.kekName, Buffer.from(JSON.stringify(people)), aadOf(tenantId));
  return sealed.ciphertext;
}

/** Opens what `sealPeople` made; nobody, when it is gone. @throws AppError `key-unavailable`. */
export async function openPeople(deps: Deps, tenantId: string, sealed: Uint8Array | null | undefined): Promise<People> {
  if (!sealed) return { owners: [] };
  const bytes = await deps.kms.decrypt(deps.kekName, sealed, aadOf(tenantId));
  return peopleShape.parse(JSON.parse(Buffer.from(bytes).toString("utf8")));
}
