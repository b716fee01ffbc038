import { idempotentId } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { type IdentityKey, identityKeyLimit } from "./identity-key.ts";
import { readPublicKey } from "./public-key.ts";
import { createIdentityKeyRecord, readIdentityKeys } from "./store.ts";
import { forgetIdentityKeys } from "./verify-identity-token.ts";

const kidShape = /^[A-Za-z0-9._:~-]{1,100}$/;

/**
 * Registers a public key of the business. The same key under the same name again returns the first.
 *
 * @param fresh.publicKey - SPKI PEM or JWK, as text.
 * @param fresh.kid - name of the key in tokens; by default the JWK's own, else its thumbprint.
 * @throws AppError `input-invalid` for what is no public key of an accepted algorithm, or an eleventh key;
 * `already-exists` when another key has the name.
 */
export async function addIdentityKey(
  deps: Deps,
  staff: Staff,
  fresh: { name: string; publicKey: string; kid?: string | undefined },
): Promise<IdentityKey> {
  const { tenantId, actor } = staff;
  const { algorithm, jwk, thumbprint, kid: ownName } = readPublicKey(fresh.publicKey);
  const kid = fresh.kid ?? ownName ?? thumbprint;
  if (!kidShape.test(kid)) throw new AppError("input-invalid", "kid has 1 to 100 letters, digits, dots, - _ : or ~");
  const keyId = await idempotentId(deps, tenantId, "identity-key", "", kid);
  const audit = await auditContext(deps, tenantId);
  const createdAt = deps.clock.now();
  const key: IdentityKey = {
    ...{ keyId, tenantId, kid, name: fresh.name, algorithm, jwk, thumbprint, createdAt },
    createdBy: actor.id,
  };
  const stored = await deps.stores.data.runTransaction(async (tx) => {
    const keys = await readIdentityKeys(tx, deps.stores, tenantId);
    const same = keys.find((other) => other.keyId === keyId);
    if (same?.thumbprint === thumbprint) return same;
    if (same !== undefined) throw new AppError("already-exists", `another key is registered as ${kid}`);
    if (keys.length >= identityKeyLimit) throw new AppError("input-invalid", `at most ${identityKeyLimit} keys`);
    createIdentityKeyRecord(tx, deps.stores, key);
    appendEntry(tx, audit, {
      action: "identity-key-added",
      actor,
      targets: [{ kind: "identity-key", id: keyId }],
      outcome: "success",
      metadata: { algorithm, thumbprint },
    });
    return key;
  });
  forgetIdentityKeys(deps, tenantId);
  return stored;
}
