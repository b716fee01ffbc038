import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";

type Database = FirebaseFirestore.Firestore;
type Place = { projectId: string; databaseId: string };

/** Somebody else's exporter of Firestore, from npm. */
export type ExportPeer = {
  name: string;
  /** Exports a collection and all below it as text. @returns how many documents are in the text. */
  exportCollection(place: Place, path: string): Promise<number>;
};

const folder = join(import.meta.dirname, "peers");
const called = <T>() => z.custom<T>((value) => typeof value === "function");

const importExport = z.object({
  firestoreExport: called<(ref: FirebaseFirestore.CollectionReference) => Promise<unknown>>(),
});
const exportImport = z.object({
  backup: called<(database: Database, collection: string) => Promise<unknown>>(),
});
type Lines = { path: string; open(): Promise<boolean>; write(lines: string[]): Promise<void>; close(): Promise<void> };
type BackfireOptions = { paths: string[]; quiet: boolean; downloadInterval: number };
const backfire = z.object({
  exportFirestoreData: called<(database: Database, writer: Lines, options: BackfireOptions) => Promise<void>>(),
});

/** The client that the peers have: one of them takes no other copy than its own. */
const client = z.object({ Firestore: called<new (place: Place) => Database>() });

/** Brings the peers, once: they are no part of what the product needs. @throws Error when npm cannot. */
function install(): void {
  if (existsSync(join(folder, "node_modules/.package-lock.json"))) return;
  // Without install scripts, and without the cloud libraries of others that a peer could also write to.
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["install", "--no-save", "--ignore-scripts", "--legacy-peer-deps", ...quiet];
  const { status } = spawnSync("npm", args, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`the peers could not be installed: npm ended with ${status}`);
}

/** Documents in text where a document's collections stand under one member. */
function countIn(text: string, member: string): number {
  const collections = z.record(z.string(), z.record(z.string(), z.unknown()));
  const below = (document: unknown): number => {
    const inside = z.looseObject({ [member]: collections.optional() }).parse(document)[member];
    const documents = Object.values(collections.parse(inside ?? {})).flatMap((collection) => Object.values(collection));
    return documents.reduce<number>((sum, one) => sum + 1 + below(one), 0);
  };
  return below(JSON.parse(text));
}

/** The exporters that `npm run figures -- export` measures ours beside; installs them where they are not there. */
export function exportPeers(): readonly ExportPeer[] {
  install();
  const load = createRequire(join(folder, "package.json"));
  const { firestoreExport } = importExport.parse(load("node-firestore-import-export"));
  const { backup } = exportImport.parse(load("firestore-export-import"));
  const { exportFirestoreData } = backfire.parse(load("firestore-backfire"));
  const { Firestore } = client.parse({ ...load("@google-cloud/firestore") });
  const peers: readonly { name: string; run(database: Database, path: string): Promise<number> }[] = [
    {
      name: "node-firestore-import-export 1.1.0",
      run: async (database, path) => {
        const exported = await firestoreExport(database.collection(path));
        return countIn(JSON.stringify({ __collections__: { [path]: exported } }), "__collections__");
      },
    },
    {
      name: "firestore-export-import 1.7.0",
      run: async (database, path) => {
        const exported = await backup(database, path);
        return countIn(JSON.stringify({ subCollection: exported }), "subCollection");
      },
    },
    {
      name: "firestore-backfire 2.6.0",
      run: async (database, path) => {
        let documents = 0;
        const writer: Lines = {
          path: "memory",
          open: async () => false,
          write: async (lines) => {
            documents += lines.length;
          },
          close: async () => undefined,
        };
        // As often as it can: its default looks for documents to read every two seconds.
        const options = { paths: [path], quiet: true, downloadInterval: 10 };
        await exportFirestoreData(database, writer, options);
        return documents;
      },
    },
  ];
  return peers.map(({ name, run }) => ({
    name,
    exportCollection: async (place, path) => {
      const database = new Firestore(place);
      try {
        return await run(database, path);
      } finally {
        await database.terminate();
      }
    },
  }));
}
