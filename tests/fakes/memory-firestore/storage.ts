import { Timestamp } from "@google-cloud/firestore";
import { type Fields, fieldsOf, updated } from "./value.ts";

/** A stored document. */
export interface Stored {
  fields: Fields;
  /** Grows with every write of the database; a document's is that of its last write. */
  version: number;
  createTime: Timestamp;
  updateTime: Timestamp;
}

export interface Precondition {
  exists?: boolean;
  lastUpdateTime?: Timestamp;
}

/** One write of a commit. */
export type Write =
  | { kind: "create"; path: string; fields: Fields }
  | { kind: "set"; path: string; fields: Fields }
  | { kind: "update"; path: string; fields: Fields; precondition?: Precondition }
  | { kind: "delete"; path: string; precondition?: Precondition };

/** gRPC codes that Firestore answers. */
export const codes = { notFound: 5, alreadyExists: 6, failedPrecondition: 9, aborted: 10, unavailable: 14 } as const;

/** An error as the client library throws it. */
export function grpcError(code: number, message: string): Error {
  return Object.assign(new Error(message), { code });
}

/** The documents of one database, by collection path and id. */
export class Storage {
  readonly collections = new Map<string, Map<string, Stored>>();
  /** Told of each document right before it is deleted. */
  readonly beforeDelete: ((path: string, stored: Stored) => void)[] = [];
  #version = 0;
  #micros = 0;
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  find(path: string): Stored | undefined {
    const cut = path.lastIndexOf("/");
    return this.collections.get(path.slice(0, cut))?.get(path.slice(cut + 1));
  }

  /** Applies all writes or none. @throws what Firestore would answer for a failed precondition. */
  commit(writes: readonly Write[]): void {
    for (const write of writes) this.#check(write);
    for (const write of writes) this.#apply(write);
  }

  /** Every document path, for searches. */
  *paths(): Generator<string> {
    for (const [collection, documents] of this.collections)
      for (const id of documents.keys()) yield `${collection}/${id}`;
  }

  /** The same documents in a database of their own: a backup. */
  copyTo(other: Storage): void {
    other.collections.clear();
    for (const [path, documents] of this.collections) {
      other.collections.set(
        path,
        new Map([...documents].map(([id, stored]) => [id, { ...stored, fields: fieldsOf(stored.fields) }])),
      );
    }
  }

  #check(write: Write): void {
    const stored = this.find(write.path);
    if (write.kind === "create" && stored !== undefined) throw grpcError(codes.alreadyExists, `exists: ${write.path}`);
    if (write.kind === "update" && stored === undefined) throw grpcError(codes.notFound, `no document: ${write.path}`);
    if (!("precondition" in write)) return;
    const { exists, lastUpdateTime } = write.precondition;
    if (exists === true && stored === undefined) throw grpcError(codes.notFound, `no document: ${write.path}`);
    if (exists === false && stored !== undefined) throw grpcError(codes.alreadyExists, `exists: ${write.path}`);
    if (lastUpdateTime !== undefined && !stored?.updateTime.isEqual(lastUpdateTime)) {
      throw grpcError(codes.failedPrecondition, `written since: ${write.path}`);
    }
  }

  #apply(write: Write): void {
    const cut = write.path.lastIndexOf("/");
    const [collection, id] = [write.path.slice(0, cut), write.path.slice(cut + 1)];
    const documents = this.collections.get(collection) ?? new Map<string, Stored>();
    this.collections.set(collection, documents);
    const before = documents.get(id);
    if (write.kind === "delete") {
      if (before !== undefined) for (const tell of this.beforeDelete) tell(write.path, before);
      documents.delete(id);
      return;
    }
    // Update times are unique, as the server's are, however little the clock moves.
    this.#micros += 1;
    const nowMs = this.#now().getTime();
    const updateTime = new Timestamp(
      Math.floor(nowMs / 1000),
      (nowMs % 1000) * 1_000_000 + (this.#micros % 1000) * 1000,
    );
    this.#version += 1;
    const fields = write.kind === "update" ? updated(before?.fields ?? {}, write.fields) : fieldsOf(write.fields);
    documents.set(id, { fields, version: this.#version, createTime: before?.createTime ?? updateTime, updateTime });
  }
}
