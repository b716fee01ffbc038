import type { Api } from "./api.ts";
import type { RetentionChoice } from "./privacy-shapes.ts";

/** Every class with its period, its bounds and why. */
export async function listRetention(api: Api, signal: AbortSignal): Promise<readonly RetentionChoice[]> {
  return (await api.get<{ classes: RetentionChoice[] }>("/v1/retention", { signal })).classes;
}

/** How many records a period would purge, were it in force now. */
export async function previewRetention(
  api: Api,
  name: string,
  days: number | null,
  signal: AbortSignal,
): Promise<readonly { collection: string; count: number }[]> {
  const path = `/v1/retention/${name}/preview`;
  return (await api.post<{ purges: { collection: string; count: number }[] }>(path, { body: { days }, signal })).purges;
}

/**
 * Changes a period. The period in force takes a pending change back.
 *
 * @returns from when it holds: a shorter one after 24 hours.
 */
export async function changeRetention(api: Api, name: string, days: number | null): Promise<string> {
  return (await api.put<{ from: string }>(`/v1/retention/${name}`, { body: { days } })).from;
}
