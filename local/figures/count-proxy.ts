import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { grpc } from "google-gax";
import protobuf from "protobufjs";

/** Billable operations of Firestore, as they went over the wire. */
export type Counts = {
  /** Documents read, and queries that found none. Vector searches count apart. */
  reads: number;
  /** Documents that vector searches returned. */
  vectorReads: number;
  writes: number;
  deletes: number;
};

/** A proxy that counts what passes. */
export type CountProxy = {
  /** `host:port` for FIRESTORE_EMULATOR_HOST. */
  address: string;
  /** What passed since the last time this was asked. */
  take(): Counts;
  close(): Promise<void>;
};

const service = "google.firestore.v1.Firestore";

type Write = { delete?: string };
// biome-ignore lint/suspicious/noExplicitAny: decoded by descriptor; each rule reads the fields of its own message
type Message = any;

/** How requests and answers of one call are counted; `seen` belongs to the call. */
type Rule = {
  request?: (counts: Counts, message: Message, seen: Seen) => void;
  answer?: (counts: Counts, message: Message, seen: Seen) => void;
  end?: (counts: Counts, seen: Seen) => void;
};
type Seen = { documents: number; isVector: boolean };

function countWrites(counts: Counts, { writes = [] }: { writes?: Write[] }): void {
  for (const write of writes) {
    if (write.delete) counts.deletes += 1;
    else counts.writes += 1;
  }
}

function adding(kind: keyof Counts): (counts: Counts) => void {
  return (counts) => {
    counts[kind] += 1;
  };
}

/** The largest aggregate says how many index entries were read; 1,000 of them are a read. */
function aggregationReads(message: Message): number {
  const fields: { integerValue?: unknown }[] = Object.values(message.result?.aggregateFields ?? {});
  const largest = Math.max(0, ...fields.map(({ integerValue }) => Number(integerValue ?? 0)));
  return Math.max(1, Math.ceil(largest / 1000));
}

/** @see https://cloud.google.com/firestore/pricing (what counts as an operation) */
const rules: Readonly<Record<string, Rule>> = {
  Commit: { request: countWrites },
  BatchWrite: { request: countWrites },
  Write: { request: countWrites },
  CreateDocument: { request: adding("writes") },
  UpdateDocument: { request: adding("writes") },
  DeleteDocument: { request: adding("deletes") },
  GetDocument: { request: adding("reads") },
  BatchGetDocuments: {
    answer(counts, message) {
      if (message.found || message.missing) counts.reads += 1;
    },
  },
  RunQuery: {
    request(_counts, message, seen) {
      seen.isVector = Boolean(message.structuredQuery?.findNearest);
    },
    answer(counts, message, seen) {
      if (!message.document) return;
      seen.documents += 1;
      if (seen.isVector) counts.vectorReads += 1;
      else counts.reads += 1;
    },
    end(counts, seen) {
      if (seen.documents > 0) return;
      if (seen.isVector) counts.vectorReads += 1;
      else counts.reads += 1;
    },
  },
  RunAggregationQuery: {
    answer(counts, message) {
      if (message.result) counts.reads += aggregationReads(message);
    },
  },
  ListDocuments: {
    answer(counts, message) {
      counts.reads += Math.max(1, message.documents.length);
    },
  },
  Listen: {
    answer(counts, message) {
      if (message.documentChange) counts.reads += 1;
    },
  },
};

const none = (): Counts => ({ reads: 0, vectorReads: 0, writes: 0, deletes: 0 });
const asIs = (bytes: Buffer): Buffer => bytes;

/**
 * Stands before a Firestore emulator, hands every call on as it is and counts the operations that production would bill.
 *
 * @param target - `host:port` of the emulator.
 */
export async function startCountProxy(target: string): Promise<CountProxy> {
  let counts = none();
  const upstream = new grpc.Client(target, grpc.credentials.createInsecure());
  const server = new grpc.Server({ "grpc.max_receive_message_length": -1 });
  const root = descriptors();
  const definition: Record<string, grpc.MethodDefinition<Buffer, Buffer>> = {};
  const implementation: grpc.UntypedServiceImplementation = {};
  for (const method of root.lookupService(service).methodsArray) {
    const path = `/${service}/${method.name}`;
    const rule = rules[method.name] ?? {};
    const request = root.lookupType(fullName(method.requestType));
    const answer = root.lookupType(fullName(method.responseType));
    const meter = () => {
      const seen: Seen = { documents: 0, isVector: false };
      return {
        request: (bytes: Buffer) => rule.request?.(counts, request.decode(bytes), seen),
        answer: (bytes: Buffer) => rule.answer?.(counts, answer.decode(bytes), seen),
        end: () => rule.end?.(counts, seen),
      };
    };
    const [requestStream, responseStream] = [method.requestStream === true, method.responseStream === true];
    definition[method.name] = {
      path,
      requestStream,
      responseStream,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    };
    implementation[method.name] = requestStream
      ? bidirectional(upstream, path, meter)
      : responseStream
        ? streaming(upstream, path, meter)
        : unary(upstream, path, meter);
  }
  server.addService(definition, implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    address: `127.0.0.1:${port}`,
    take() {
      const taken = counts;
      counts = none();
      return taken;
    },
    async close() {
      server.forceShutdown();
      upstream.close();
    },
  };
}

function descriptors(): protobuf.Root {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve("@google-cloud/firestore/package.json"));
  return protobuf.Root.fromJSON(JSON.parse(readFileSync(join(folder, "build/protos/v1.json"), "utf8")));
}

function fullName(type: string): string {
  return type.includes(".") ? type : `google.firestore.v1.${type}`;
}

type Meter = () => { request(bytes: Buffer): void; answer(bytes: Buffer): void; end(): void };

function unary(upstream: grpc.Client, path: string, meter: Meter): grpc.handleUnaryCall<Buffer, Buffer> {
  return (call, callback) => {
    const { request, answer } = meter();
    upstream.makeUnaryRequest(path, asIs, asIs, call.request, call.metadata, (error, bytes) => {
      // What was refused is not billed.
      if (error === null && bytes !== undefined) {
        request(call.request);
        answer(bytes);
      }
      callback(error, bytes);
    });
  };
}

function streaming(upstream: grpc.Client, path: string, meter: Meter): grpc.handleServerStreamingCall<Buffer, Buffer> {
  return (call) => {
    const { request, answer, end } = meter();
    request(call.request);
    const stream = upstream.makeServerStreamRequest(path, asIs, asIs, call.request, call.metadata);
    call.on("cancelled", () => stream.cancel());
    stream.on("data", (bytes: Buffer) => {
      answer(bytes);
      call.write(bytes);
    });
    stream.on("error", (error) => call.emit("error", error));
    stream.on("end", () => {
      end();
      call.end();
    });
  };
}

function bidirectional(
  upstream: grpc.Client,
  path: string,
  meter: Meter,
): grpc.handleBidiStreamingCall<Buffer, Buffer> {
  return (call) => {
    const { request, answer, end } = meter();
    const stream = upstream.makeBidiStreamRequest(path, asIs, asIs, call.metadata);
    call.on("data", (bytes: Buffer) => {
      request(bytes);
      stream.write(bytes);
    });
    call.on("end", () => stream.end());
    call.on("cancelled", () => stream.cancel());
    stream.on("data", (bytes: Buffer) => {
      answer(bytes);
      call.write(bytes);
    });
    stream.on("error", (error) => call.emit("error", error));
    stream.on("end", () => {
      end();
      call.end();
    });
  };
}
