import { Firestore } from "@google-cloud/firestore";
import { collectionOfPath } from "../../functions/src/inventory/collections.ts";
import { readIndexFile } from "./index-file.ts";
import { describeQuery, isServed, type StructuredQuery } from "./required-index.ts";

interface Write {
  update?: { name?: string };
  delete?: string;
}
interface Wire {
  request(method: string, request: { writes?: Write[] }, ...rest: unknown[]): Promise<unknown>;
  requestStream(method: string, bidirectional: boolean, request: QueryRequest, ...rest: unknown[]): Promise<unknown>;
}
interface QueryRequest {
  parent?: string;
  documents?: string[];
  structuredQuery?: StructuredQuery;
  structuredAggregationQuery?: { structuredQuery?: StructuredQuery };
}

/** What a test file did to Firestore that production would not bear. */
export interface FirestoreWatch {
  /** Documents written to collections that the inventory does not declare, and queries that no index serves. */
  faults(): string[];
  /** Names of documents and parents that were asked for or written since the last call of this. */
  touched(): string[];
}

function storeOf(databaseId: string): "data" | "keys" | "directory" {
  if (databaseId.startsWith("data-")) return "data";
  return databaseId.startsWith("keys-") ? "keys" : "directory";
}

/** A fault for a full document name that lies in no declared collection of its database. */
export function undeclared(name: string): string[] {
  const match = /^projects\/[^/]+\/databases\/([^/]+)\/documents\/(.+)$/.exec(name);
  const [, databaseId = "", path = ""] = match ?? [];
  if (collectionOfPath(storeOf(databaseId), path) !== undefined) return [];
  return [
    `${databaseId} holds ${path.replaceAll(/lethe_\w+_tenant_\w+/g, "{tenantId}")}, which the inventory does not declare`,
  ];
}

/**
 * Listens to every call that this test file's Firestore clients make, whichever code makes it.
 *
 * To be called once, before the first client is used; ask for `faults()` in `afterAll`.
 */
export function watchFirestore(): FirestoreWatch {
  const written = new Set<string>();
  const queries = new Map<string, StructuredQuery>();
  const named = new Set<string>();
  const wire = Firestore.prototype as unknown as Wire;
  const { request, requestStream } = wire;
  wire.request = function (this: Wire, method, body, ...rest) {
    for (const write of body.writes ?? []) {
      if (write.update?.name !== undefined) written.add(write.update.name);
      named.add(write.update?.name ?? write.delete ?? "");
    }
    return request.call(this, method, body, ...rest);
  };
  wire.requestStream = function (this: Wire, method, bidirectional, body, ...rest) {
    const query = body.structuredQuery ?? body.structuredAggregationQuery?.structuredQuery;
    if (query !== undefined) queries.set(describeQuery(query), query);
    for (const name of body.documents ?? [body.parent ?? ""]) named.add(name);
    return requestStream.call(this, method, bidirectional, body, ...rest);
  };
  return {
    touched() {
      const names = [...named];
      named.clear();
      return names;
    },
    faults() {
      const file = readIndexFile();
      const unserved = [...queries].filter(([, query]) => !isServed(query, file));
      return [
        ...new Set([...written].flatMap(undeclared)),
        ...unserved.map(([words]) => `no index in firestore.indexes.json serves ${words}`),
      ];
    },
  };
}
