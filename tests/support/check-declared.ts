import type { CollectionReference, DocumentReference, Firestore } from "@google-cloud/firestore";
import { collectionOfPath, type Stores } from "../../functions/src/inventory/collections.ts";

type Store = "data" | "keys" | "directory";

async function walk(store: Store, parent: Firestore | DocumentReference, found: Set<string>): Promise<void> {
  for (const collection of await parent.listCollections()) await walkCollection(store, collection, found);
}

async function walkCollection(store: Store, collection: CollectionReference, found: Set<string>): Promise<void> {
  // Documents without fields of their own are listed too, so that what lies under them is seen.
  for (const document of await collection.listDocuments()) {
    if ((await document.get()).exists && collectionOfPath(store, document.path) === undefined) {
      found.add(`${store}: ${collection.path}`);
    }
    await walk(store, document, found);
  }
}

/**
 * Looks through all databases of a region for collections that the inventory does not declare.
 *
 * @returns database and path of each, or nothing; for the end of any test on the emulator, whoever wrote there.
 */
export async function undeclaredCollections(stores: Stores): Promise<string[]> {
  const found = new Set<string>();
  await walk("data", stores.data, found);
  await walk("keys", stores.keys, found);
  await walk("directory", stores.directory, found);
  return [...found];
}
