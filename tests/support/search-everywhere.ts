import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import type { TestDeps } from "./test-deps.ts";

/** Every document of a database, declared or not, with its path; documents that exist only as a parent too. */
export async function* everyDocument(database: Firestore): AsyncGenerator<{ path: string; data: unknown }> {
  const queue: DocumentReference[] = [];
  for (const collection of await database.listCollections()) queue.push(...(await collection.listDocuments()));
  for (let ref = queue.shift(); ref !== undefined; ref = queue.shift()) {
    yield { path: ref.path, data: (await ref.get()).data() };
    for (const collection of await ref.listCollections()) queue.push(...(await collection.listDocuments()));
  }
}

/** A value with its bytes as text in several readings, so that words in clear are found in whatever wraps them. */
export function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, member: unknown) => {
    if (member instanceof Uint8Array) return Buffer.from(member).toString("utf8");
    if (
      typeof member === "object" &&
      member !== null &&
      "type" in member &&
      member.type === "Buffer" &&
      "data" in member
    ) {
      return Buffer.from(member.data as number[]).toString("utf8");
    }
    return member;
  });
}

/**
 * Searches every document of the three databases, every object of every bucket, every message ever published and every
 * letter for words.
 *
 * @returns where one of the words stands: document paths, `bucket/path`, `topic`, `mail`.
 */
export async function searchEverywhere(deps: TestDeps, words: readonly string[]): Promise<string[]> {
  const places: string[] = [];
  const look = (place: string, text: string) => {
    if (words.some((word) => text.includes(word))) places.push(place);
  };
  for (const database of [deps.stores.data, deps.stores.keys, deps.stores.directory]) {
    for await (const { path, data } of everyDocument(database)) look(path, `${path} ${textOf(data ?? null)}`);
  }
  for (const bucket of ["knowledge", "exports", "uploads", "ledger", "tombstones"] as const) {
    for (const object of await deps.buckets.list(bucket, "")) {
      const bytes = await deps.buckets.read(bucket, object.path);
      look(`${bucket}/${object.path}`, `${object.path} ${Buffer.from(bytes ?? new Uint8Array()).toString("utf8")}`);
    }
  }
  for (const message of deps.publisher.published) look(`topic ${message.topic}`, JSON.stringify(message.payload));
  return places;
}
