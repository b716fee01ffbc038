import { readFileSync } from "node:fs";
import { grpc, protobuf } from "google-gax";
import type { Block, ProviderSchema } from "./schema.ts";

const wire = protobuf.parse(readFileSync(new URL("tfplugin5.proto", import.meta.url), "utf8")).root;
const nestedList = 2;

interface WireBlock {
  attributes: object[];
  blockTypes: object[];
}

function wireBlock(block: Block): WireBlock {
  return {
    attributes: Object.entries(block.attributes).map(([name, { type, use }]) => ({
      name,
      type: Buffer.from(JSON.stringify(type)),
      // Which optional arguments the service fills in is not known here: a mock may fill in any of them.
      ...{ required: { required: true }, optional: { optional: true, computed: true }, computed: { computed: true } }[
        use
      ],
    })),
    blockTypes: Object.entries(block.blocks).map(([typeName, { block: inner, required, many }]) => ({
      typeName,
      nesting: nestedList,
      minItems: required ? 1 : 0,
      maxItems: many ? 0 : 1,
      block: wireBlock(inner),
    })),
  };
}

function wireSchemas(blocks: Record<string, Block>): Record<string, { block: WireBlock }> {
  return Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, { block: wireBlock(block) }]));
}

/** A provider's settings are never filled in by anybody. */
function settings(block: Block): WireBlock {
  const { attributes, blockTypes } = wireBlock(block);
  return { attributes: attributes.map((attribute) => ({ ...attribute, computed: false })), blockTypes };
}

function encode(type: string, message: object): Uint8Array {
  const lookedUp = wire.lookupType(`tfplugin5.${type}`);
  return lookedUp.encode(lookedUp.create(message)).finish();
}

/** The calls of the protocol that validate and mocked tests make; the rest would be answered "unimplemented". */
function answers(schema: ProviderSchema): [string, (request: Uint8Array) => Uint8Array][] {
  const nothing = () => new Uint8Array();
  const schemas = encode("GetProviderSchemaResponse", {
    provider: { block: settings(schema.provider) },
    resourceSchemas: wireSchemas(schema.resources),
    dataSourceSchemas: wireSchemas(schema.data),
  });
  return [
    ["GetSchema", () => schemas],
    ["PrepareProviderConfig", settingsAsGiven],
    ["ValidateResourceTypeConfig", nothing],
    ["ValidateDataSourceConfig", nothing],
    ["Configure", nothing],
    ["Stop", nothing],
  ];
}

function settingsAsGiven(request: Uint8Array): Uint8Array {
  const { config } = wire.lookupType("tfplugin5.PrepareProviderConfigRequest").decode(request).toJSON();
  return encode("PrepareProviderConfigResponse", { preparedConfig: { msgpack: bytes(config) } });
}

function bytes(value: unknown): Uint8Array {
  const text = typeof value === "object" && value !== null && "msgpack" in value ? String(value.msgpack) : "";
  return Buffer.from(text, "base64");
}

/** What Terraform needs to find a provider that already runs. */
export interface Reattachment {
  Protocol: "grpc";
  ProtocolVersion: 5;
  Pid: number;
  Test: true;
  Addr: { Network: "tcp"; String: string };
}

/**
 * Starts a provider that knows a schema and nothing else: enough for `terraform validate`, and for `terraform test`
 * with `mock_provider`. It never reaches any cloud.
 *
 * @returns how Terraform attaches to it (one entry of TF_REATTACH_PROVIDERS), and how to end it.
 */
export async function startProvider(schema: ProviderSchema): Promise<{ reattachment: Reattachment; stop: () => void }> {
  const server = new grpc.Server({ "grpc.max_send_message_length": -1 });
  const same = (value: Buffer) => value;
  const calls = answers(schema);
  server.addService(
    Object.fromEntries(
      calls.map(([name]) => [
        name,
        {
          path: `/tfplugin5.Provider/${name}`,
          requestStream: false,
          responseStream: false,
          requestSerialize: same,
          requestDeserialize: same,
          responseSerialize: same,
          responseDeserialize: same,
        },
      ]),
    ),
    Object.fromEntries(
      calls.map(([name, answer]) => [
        name,
        (call: { request: Uint8Array }, done: (error: null, answer: Buffer) => void) =>
          done(null, Buffer.from(answer(call.request))),
      ]),
    ),
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    reattachment: {
      Protocol: "grpc",
      ProtocolVersion: 5,
      Pid: process.pid,
      Test: true,
      Addr: { Network: "tcp", String: `127.0.0.1:${port}` },
    },
    stop: () => server.forceShutdown(),
  };
}
