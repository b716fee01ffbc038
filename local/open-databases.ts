import { Firestore } from "@google-cloud/firestore";
import { openNewDatabases } from "../functions/src/inventory/open-databases.ts";
import type { Region } from "./ports.ts";

/**
 * Opens a region's new, empty databases for functions, as `npm run ops -- open` does in a new project.
 *
 * @param firestore - the emulator's host:port.
 */
export async function openRegion(firestore: string, projectId: string, region: Region): Promise<void> {
  const open = (databaseId: string) => new Firestore({ projectId, databaseId, host: firestore, ssl: false });
  const stores = {
    region,
    data: open(`data-${region}`),
    keys: open(`keys-${region}`),
    directory: open("(default)"),
  };
  await openNewDatabases(stores, new Date());
  await Promise.all([stores.data.terminate(), stores.keys.terminate(), stores.directory.terminate()]);
}
