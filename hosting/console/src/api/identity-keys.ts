import type { Api } from "./api.ts";
import type { IdentityKey } from "./settings-shapes.ts";

/** Public keys with which the business signs who its visitors are, newest first. */
export async function listIdentityKeys(api: Api, signal: AbortSignal): Promise<readonly IdentityKey[]> {
  return (await api.get<{ identityKeys: IdentityKey[] }>("/v1/identity-keys", { signal })).identityKeys;
}

/**
 * Registers a public key.
 *
 * @param key.publicKey - SPKI PEM, or a JWK as text.
 * @throws ApiProblem `input-invalid` for a private key, a shared secret, or a key that is too weak.
 */
export async function addIdentityKey(
  api: Api,
  key: { name: string; publicKey: string; kid?: string },
): Promise<IdentityKey> {
  return (await api.post<{ identityKey: IdentityKey }>("/v1/identity-keys", { body: key })).identityKey;
}

/** Removes a key: its tokens are refused within a minute. */
export async function removeIdentityKey(api: Api, keyId: string): Promise<void> {
  await api.delete(`/v1/identity-keys/${keyId}`);
}
