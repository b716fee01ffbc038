import type { DocumentReference, Firestore } from "@google-cloud/firestore";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { TestDeps } from "./test-deps.ts";

/** Documents that are read by one call. */
const readAtOnce = 40;

/** Every document of a database, declared or not, with its path; documents that exist only as a parent too. */
export async function* everyDocument(database: Firestore): AsyncGenerator<{ path: string; data: unknown }> {
  const queue = await documentsBelow(database);
  while (queue.length > 0) {
    const refs = queue.splice(0, readAtOnce);
    const [snapshots, below] = await Promise.all([database.getAll(...refs), Promise.all(refs.map(documentsBelow))]);
    for (const snapshot of snapshots) yield { path: snapshot.ref.path, data: snapshot.data() };
    queue.push(...below.flat());
  }
}

async function documentsBelow(place: Firestore | DocumentReference): Promise<DocumentReference[]> {
  const collections = await place.listCollections();
  return (await Promise.all(collections.map((collection) => collection.listDocuments()))).flat();
}

/** Every document of the three databases and every object of every bucket, as text; a place is a path or `bucket/path`. */
export async function* everyPlace(
  deps: Pick<Deps, "stores" | "buckets">,
): AsyncGenerator<{ database?: string; place: string; text: string }> {
  for (const store of [deps.stores.data, deps.stores.keys, deps.stores.directory]) {
    for await (const { path, data } of everyDocument(store))
      yield { database: store.databaseId, place: path, text: textOf(data ?? null) };
  }
  for (const bucket of ["knowledge", "exports", "uploads", "ledger", "tombstones"] as const) {
    for (const { path } of await deps.buckets.list(bucket, "")) {
      const bytes = await deps.buckets.read(bucket, path);
      yield { place: `${bucket}/${path}`, text: Buffer.from(bytes ?? []).toString("utf8") };
    }
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
  for await (const { place, text } of everyPlace(deps)) look(place, `${place} ${text}`);
  for (const message of deps.publisher.published) look(`topic ${message.topic}`, JSON.stringify(message.payload));
  return places;
}
