import type { Api } from "./api.ts";
import type { KeyDates } from "./settings-shapes.ts";

/** The keys that protect the account's data, with their dates; never a key. */
export function readKeyDates(api: Api, signal: AbortSignal): Promise<KeyDates> {
  return api.get<KeyDates>("/v1/keys/rotation", { signal });
}

/** Makes a new key for the account; at most one a day. @returns the job that replaces the old one. */
export async function rotateKeys(api: Api): Promise<string> {
  return (await api.post<{ jobId: string }>("/v1/keys/rotation")).jobId;
}
