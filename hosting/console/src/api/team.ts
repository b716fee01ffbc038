import type { Api } from "./api.ts";
import type { ApiKey, Member } from "./settings-shapes.ts";
import type { Permission, Role } from "./shapes.ts";

/** The staff of the business, former members too. */
export async function listMembers(api: Api, signal: AbortSignal): Promise<readonly Member[]> {
  return (await api.get<{ members: Member[] }>("/v1/members", { signal })).members;
}

/** @returns the member, with a first password for whoever added them to hand over. */
export function addMember(
  api: Api,
  member: { email: string; name: string; role: Role },
  idempotencyKey: string,
): Promise<{ member: Member; initialPassword: string }> {
  return api.post("/v1/members", { body: member, idempotencyKey });
}

/** @throws ApiProblem `last-owner` when nobody could manage the account afterwards. */
export async function changeRole(api: Api, uid: string, role: Role): Promise<void> {
  await api.put(`/v1/members/${uid}`, { body: { role } });
}

/** Ends a membership and every session of it. */
export async function removeMember(api: Api, uid: string): Promise<void> {
  await api.delete(`/v1/members/${uid}`);
}

/** API keys of the business's own software, revoked ones too. */
export async function listKeys(api: Api, signal: AbortSignal): Promise<readonly ApiKey[]> {
  return (await api.get<{ keys: ApiKey[] }>("/v1/keys", { signal })).keys;
}

/** @returns the key with its secret, which nobody can show again. */
export function createKey(
  api: Api,
  name: string,
  scopes: readonly Permission[],
): Promise<{ key: ApiKey; secret: string }> {
  return api.post("/v1/keys", { body: { name, scopes } });
}

/** Ends a key at once. */
export async function revokeKey(api: Api, keyId: string): Promise<void> {
  await api.delete(`/v1/keys/${keyId}`);
}
