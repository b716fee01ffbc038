import { FieldPath, type Firestore, Timestamp } from "@google-cloud/firestore";
import { documentName, type Hit, type Plan, runPlan, selected } from "./query.ts";
import { codes, grpcError, type Precondition, Storage, type Stored, type Write } from "./storage.ts";
import { type Fields, fieldAt, fieldsOf } from "./value.ts";

/**
 * Where an operation meets the world: the simulation decides when it takes effect, and whether it fails before or
 * after. Outside of it `runNow` applies it at once.
 */
export type Gate = <T>(operation: "read" | "commit", apply: () => T) => Promise<T>;

export const runNow: Gate = (_operation, apply) => Promise.resolve().then(apply);

const transactionAttempts = 5;
/** After these the client library runs a transaction's function again. */
const retriedCodes = new Set<number>([1, 2, 4, 8, codes.aborted, 13, codes.unavailable, 16]);

class MemorySnapshot {
  readonly ref: MemoryDocument;
  readonly id: string;
  readonly exists: boolean;
  readonly createTime: Timestamp | undefined;
  readonly updateTime: Timestamp | undefined;
  readonly readTime: Timestamp;
  readonly #fields: Fields | undefined;

  constructor(ref: MemoryDocument, stored: Stored | undefined, fields: Fields | undefined, readTime: Date) {
    this.ref = ref;
    this.id = ref.id;
    this.exists = stored !== undefined;
    this.createTime = stored?.createTime;
    this.updateTime = stored?.updateTime;
    this.readTime = Timestamp.fromDate(readTime);
    this.#fields = fields;
  }

  data(): Fields | undefined {
    return this.#fields === undefined ? undefined : fieldsOf(this.#fields);
  }

  get(field: string): unknown {
    return this.#fields === undefined ? undefined : fieldAt(fieldsOf(this.#fields), field);
  }
}

class MemoryDocument {
  readonly firestore: MemoryFirestore;
  readonly path: string;

  constructor(firestore: MemoryFirestore, path: string) {
    this.firestore = firestore;
    this.path = path;
  }

  get id(): string {
    return this.path.slice(this.path.lastIndexOf("/") + 1);
  }

  collection(name: string): MemoryQuery {
    return this.firestore.collection(`${this.path}/${name}`);
  }

  get(): Promise<MemorySnapshot> {
    return this.firestore.gate("read", () => this.firestore.snapshotOf(this));
  }

  create(fields: Fields): Promise<void> {
    return this.firestore.commit([{ kind: "create", path: this.path, fields }]);
  }

  set(fields: Fields): Promise<void> {
    return this.firestore.commit([{ kind: "set", path: this.path, fields }]);
  }

  update(fields: Fields, precondition?: Precondition): Promise<void> {
    return this.firestore.commit([{ kind: "update", path: this.path, fields, ...(precondition && { precondition }) }]);
  }

  delete(precondition?: Precondition): Promise<void> {
    return this.firestore.commit([{ kind: "delete", path: this.path, ...(precondition && { precondition }) }]);
  }
}

function fieldName(field: string | FieldPath): string {
  return field instanceof FieldPath ? (field.isEqual(FieldPath.documentId()) ? documentName : String(field)) : field;
}

class MemoryQuery {
  readonly firestore: MemoryFirestore;
  readonly plan: Plan;

  constructor(firestore: MemoryFirestore, plan: Plan) {
    this.firestore = firestore;
    this.plan = plan;
  }

  get path(): string {
    return this.plan.collection;
  }

  doc(id: string): MemoryDocument {
    return this.firestore.doc(`${this.plan.collection}/${id}`);
  }

  #with(change: Partial<Plan>): MemoryQuery {
    return new MemoryQuery(this.firestore, { ...this.plan, ...change });
  }

  where(field: string | FieldPath, operator: string, value: unknown): MemoryQuery {
    return this.#with({ conditions: [...this.plan.conditions, { field: fieldName(field), operator, value }] });
  }

  orderBy(field: string | FieldPath, direction: "asc" | "desc" = "asc"): MemoryQuery {
    return this.#with({ orders: [...this.plan.orders, { field: fieldName(field), direction }] });
  }

  limit(limit: number): MemoryQuery {
    return this.#with({ limit });
  }

  startAfter(...after: unknown[]): MemoryQuery {
    return this.#with({ after });
  }

  select(...select: string[]): MemoryQuery {
    return this.#with({ select });
  }

  count(): { get(): Promise<{ data(): { count: number } }> } {
    return {
      get: () =>
        this.firestore
          .gate("read", () => runPlan(this.firestore.storage, this.plan).length)
          .then((count) => ({ data: () => ({ count }) })),
    };
  }

  get(): Promise<MemoryAnswer> {
    return this.firestore.gate("read", () => this.firestore.answerOf(this));
  }

  async *stream(): AsyncGenerator<MemorySnapshot> {
    yield* (await this.get()).docs;
  }
}

interface MemoryAnswer {
  docs: MemorySnapshot[];
  size: number;
  empty: boolean;
  readTime: Timestamp;
}

class MemoryBatch {
  readonly writes: Write[] = [];
  readonly #firestore: MemoryFirestore;

  constructor(firestore: MemoryFirestore) {
    this.#firestore = firestore;
  }

  create(ref: MemoryDocument, fields: Fields): this {
    this.writes.push({ kind: "create", path: ref.path, fields });
    return this;
  }

  set(ref: MemoryDocument, fields: Fields): this {
    this.writes.push({ kind: "set", path: ref.path, fields });
    return this;
  }

  update(ref: MemoryDocument, fields: Fields, precondition?: Precondition): this {
    this.writes.push({ kind: "update", path: ref.path, fields, ...(precondition && { precondition }) });
    return this;
  }

  delete(ref: MemoryDocument, precondition?: Precondition): this {
    this.writes.push({ kind: "delete", path: ref.path, ...(precondition && { precondition }) });
    return this;
  }

  commit(): Promise<void> {
    return this.#firestore.commit(this.writes);
  }
}

/**
 * A transaction: all its reads are of one moment. What the server does by locks, this does by an end: the next read, or
 * the commit, fails when any of what was read has changed.
 */
class MemoryTransaction extends MemoryBatch {
  readonly #seen: (() => boolean)[] = [];
  readonly #firestore: MemoryFirestore;

  constructor(firestore: MemoryFirestore) {
    super(firestore);
    this.#firestore = firestore;
  }

  async get(target: MemoryDocument | MemoryQuery): Promise<MemorySnapshot | MemoryAnswer> {
    if (this.writes.length > 0)
      throw new Error("Firestore transactions require all reads to be executed before all writes.");
    const { storage } = this.#firestore;
    return this.#firestore.gate("read", () => {
      this.#assertUnchanged();
      if (target instanceof MemoryDocument) {
        const version = storage.find(target.path)?.version;
        this.#seen.push(() => storage.find(target.path)?.version === version);
        return this.#firestore.snapshotOf(target);
      }
      const marks = () =>
        runPlan(storage, target.plan)
          .map((hit: Hit) => `${hit.path}@${hit.stored.version}`)
          .join();
      const before = marks();
      this.#seen.push(() => marks() === before);
      return this.#firestore.answerOf(target);
    });
  }

  async getAll(...refs: MemoryDocument[]): Promise<(MemorySnapshot | MemoryAnswer)[]> {
    const all: (MemorySnapshot | MemoryAnswer)[] = [];
    for (const ref of refs) all.push(await this.get(ref));
    return all;
  }

  /** Commits, unless something read has changed since: then ABORTED, as the server answers. */
  async finish(): Promise<void> {
    if (this.writes.length === 0) return;
    await this.#firestore.gate("commit", () => {
      this.#assertUnchanged();
      this.#firestore.storage.commit(this.writes);
    });
  }

  #assertUnchanged(): void {
    if (!this.#seen.every((unchanged) => unchanged())) throw grpcError(codes.aborted, "transaction lost a race");
  }
}

/** The part of Firestore that Lethe uses, in memory; one conformance suite runs on it and on the emulator. */
export class MemoryFirestore {
  readonly storage: Storage;
  readonly gate: Gate;
  readonly #now: () => Date;

  constructor(now: () => Date, gate: Gate = runNow, storage: Storage = new Storage(now)) {
    this.storage = storage;
    this.gate = gate;
    this.#now = now;
  }

  /** As the client library's type, which use cases expect; what Lethe does not use is absent. */
  asFirestore(): Firestore {
    return this as unknown as Firestore;
  }

  doc(path: string): MemoryDocument {
    return new MemoryDocument(this, path);
  }

  collection(path: string): MemoryQuery {
    return new MemoryQuery(this, {
      collection: path,
      group: false,
      conditions: [],
      orders: [],
      after: undefined,
      limit: undefined,
      select: undefined,
    });
  }

  collectionGroup(name: string): MemoryQuery {
    return new MemoryQuery(this, {
      collection: name,
      group: true,
      conditions: [],
      orders: [],
      after: undefined,
      limit: undefined,
      select: undefined,
    });
  }

  batch(): MemoryBatch {
    return new MemoryBatch(this);
  }

  /** @param refs - after them there may be options, which change what is sent and not what is there. */
  async getAll(...refs: (MemoryDocument | object)[]): Promise<MemorySnapshot[]> {
    const documents = refs.filter((ref) => ref instanceof MemoryDocument);
    return this.gate("read", () => documents.map((ref) => this.snapshotOf(ref)));
  }

  async runTransaction<T>(work: (tx: MemoryTransaction) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      const tx = new MemoryTransaction(this);
      try {
        const result = await work(tx);
        await tx.finish();
        return result;
      } catch (error) {
        const again = error instanceof Error && "code" in error && retriedCodes.has(Number(error.code));
        if (!again || attempt >= transactionAttempts) throw error;
      }
    }
  }

  commit(writes: readonly Write[]): Promise<void> {
    return this.gate("commit", () => this.storage.commit(writes));
  }

  snapshotOf(ref: MemoryDocument): MemorySnapshot {
    const stored = this.storage.find(ref.path);
    return new MemorySnapshot(ref, stored, stored?.fields, this.#now());
  }

  answerOf(query: MemoryQuery): MemoryAnswer {
    const hits = runPlan(this.storage, query.plan);
    const docs = hits.map(
      ({ path, stored }) =>
        new MemorySnapshot(this.doc(path), stored, selected(query.plan, stored.fields), this.#now()),
    );
    return { docs, size: docs.length, empty: docs.length === 0, readTime: Timestamp.fromDate(this.#now()) };
  }
}
