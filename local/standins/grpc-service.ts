import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { grpc } from "google-gax";

/** An answer of a gRPC service that is not OK. */
export class GrpcFailure extends Error {
  readonly code: grpc.status;
  constructor(status: keyof typeof grpc.status, message: string) {
    super(message);
    this.code = grpc.status[status];
  }
}

export type GrpcServer = { port: number; close(): Promise<void> };

/**
 * A method as a plain function: the request as the proto says (bytes as Buffer, enums as names), the response the same. A method's
 * parameter is compared both ways, so that a handler may name the shape of its own request, which the descriptor guarantees.
 */
type Handler = { handle(request: object): object }["handle"];
export type Handlers = Record<string, Handler>;

const require = createRequire(import.meta.url);
// The loader that belongs to the gRPC library of the Google clients; another copy would not fit together with it.
const loader: typeof import("@grpc/proto-loader") = createRequire(require.resolve("google-gax"))("@grpc/proto-loader");

/**
 * Serves a Google API over gRPC from the descriptors in its client package, without TLS, on 127.0.0.1.
 *
 * @param options.clientPackage - the npm package that holds the descriptors, such as `@google-cloud/kms`.
 * @param options.service - full name of the proto service.
 * @param options.before - runs before each call, for counters and faults; what it throws is the answer.
 * @returns the bound port (also when `port` is 0). Methods without a handler answer UNIMPLEMENTED.
 */
export async function serveGrpc(options: {
  port: number;
  clientPackage: string;
  service: string;
  handlers: Handlers;
  before?: (method: string) => void;
}): Promise<GrpcServer> {
  const server = new grpc.Server();
  const implementation: grpc.UntypedServiceImplementation = {};
  for (const [method, handle] of Object.entries(options.handlers)) {
    implementation[method] = unary(method, handle, options.before);
  }
  server.addService(serviceDefinition(options.clientPackage, options.service), implementation);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${options.port}`, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    port,
    async close() {
      server.forceShutdown();
    },
  };
}

function serviceDefinition(clientPackage: string, service: string): grpc.ServiceDefinition {
  const folder = dirname(require.resolve(`${clientPackage}/package.json`));
  const descriptors = JSON.parse(readFileSync(join(folder, "build/protos/protos.json"), "utf8"));
  const definition = loader.fromJSON(descriptors, { longs: String, enums: String, bytes: Buffer, defaults: true });
  const found = definition[service];
  if (found === undefined || "format" in found) throw new Error(`${clientPackage} declares no service ${service}`);
  return found;
}

function unary(
  method: string,
  handle: Handler,
  before?: (method: string) => void,
): grpc.handleUnaryCall<object, object> {
  return (call, answer) => {
    try {
      before?.(method);
      answer(null, handle(call.request));
    } catch (error) {
      const known = error instanceof GrpcFailure;
      if (!known) console.error(method, error);
      answer({
        code: known ? error.code : grpc.status.INTERNAL,
        details: error instanceof Error ? error.message : String(error),
      });
    }
  };
}

/** A google.protobuf.Timestamp. */
export function timestamp(at: Date): { seconds: string; nanos: number } {
  const milliseconds = at.getTime();
  return { seconds: String(Math.floor(milliseconds / 1000)), nanos: (milliseconds % 1000) * 1e6 };
}
