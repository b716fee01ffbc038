import { Firestore } from "@google-cloud/firestore";

type Write = { delete?: string; update?: { name?: string } };
type Query = { from?: { collectionId?: string }[] };
type Body = {
  writes?: Write[];
  structuredQuery?: Query;
  structuredAggregationQuery?: { structuredQuery?: Query };
};
type Wire = {
  request(method: string, body: Body, ...rest: unknown[]): Promise<unknown>;
  requestStream(method: string, bidirectional: boolean, body: Body, ...rest: unknown[]): Promise<unknown>;
};

/** One call that a Firestore client made. */
export type Rpc = {
  method: string;
  /** The collections that it asked, or wrote or deleted in. */
  collections: readonly string[];
  /** Full names of the documents that it deletes. */
  deletes: readonly string[];
};

const collectionOf = (name: string) => name.split("/").at(-2) ?? "";

function rpcOf(method: string, body: Body): Rpc {
  const query = body.structuredQuery ?? body.structuredAggregationQuery?.structuredQuery;
  const asked = (query?.from ?? []).map(({ collectionId }) => collectionId ?? "");
  const written = (body.writes ?? []).map((write) => collectionOf(write.delete ?? write.update?.name ?? ""));
  const deletes = (body.writes ?? []).flatMap((write) => (write.delete === undefined ? [] : [write.delete]));
  return { method, collections: [...new Set([...asked, ...written])], deletes };
}

/**
 * Notes every call that this process's Firestore clients make while something runs, whichever code makes it.
 *
 * @returns the calls in order, and what was run for.
 */
export async function meteredRpcs<T>(run: () => Promise<T>): Promise<{ rpcs: Rpc[]; result: T }> {
  const rpcs: Rpc[] = [];
  const wire = Firestore.prototype as unknown as Wire;
  const { request, requestStream } = wire;
  wire.request = function (this: Wire, method, body, ...rest) {
    rpcs.push(rpcOf(method, body));
    return request.call(this, method, body, ...rest);
  };
  wire.requestStream = function (this: Wire, method, bidirectional, body, ...rest) {
    rpcs.push(rpcOf(method, body));
    return requestStream.call(this, method, bidirectional, body, ...rest);
  };
  try {
    return { result: await run(), rpcs };
  } finally {
    Object.assign(wire, { request, requestStream });
  }
}
