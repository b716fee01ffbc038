import { z } from "zod";
import type { Entry } from "../inventory/entry.ts";
import { inventory } from "../inventory/inventory.ts";
import { readCheckpoint, readLogKeys, readPublicTile } from "../ledger/read-log.ts";
import { type RouteTable, route } from "./route.ts";

const logId = z.string().regex(/^lethe_(eu|us)_tenant_[a-z0-9]{16}$/, "expected a log's id");
const publicRead = { none: "public: hashes, keys and names of sub-processors" };
/** `from` is absent for the first key, `until` for the one that signs. */
const logKeyShape = z.object({
  verifierKey: z.string(),
  from: z.iso.datetime().optional(),
  until: z.iso.datetime().optional(),
});
const entries: [string, Entry][] = Object.entries(inventory);

/** Third parties that hold a copy on our behalf, as the inventory lists them. @see GDPR Art. 28(2), 30(2)(c) */
const subProcessors = entries.flatMap(([, entry]) =>
  entry.kind === "third-party" && entry.controlledBy === undefined
    ? [
        {
          name: entry.recipient,
          purpose: entry.purpose,
          place: entry.place,
          transferBasis: entry.transferBasis,
          deletion: entry.deletion,
        },
      ]
    : [],
);

/** What anybody may check: checkpoints and tiles of tenants' logs, keys, sub-processors. */
export const transparencyRoutes = {
  "GET /v1/logs/{logId}/checkpoint": route({
    caller: "public",
    summary: "Newest signed checkpoint of a log",
    params: z.strictObject({ logId }),
    answer: { 200: "a signed note (c2sp.org/tlog-checkpoint)" },
    audit: publicRead,
    limit: "public-read",
    cors: "any-origin",
    handle: async (deps, _anyone, { params }) => ({
      status: 200,
      content: await readCheckpoint(deps, params.logId),
      contentType: "text/plain; charset=utf-8",
      headers: { "cache-control": "public, max-age=5" },
    }),
  }),
  "GET /v1/logs/{logId}/tile/{path+}": route({
    caller: "public",
    summary: "A tile of hashes",
    params: z.strictObject({ logId, path: z.string().max(120) }),
    answer: { 200: "hashes in a row (c2sp.org/tlog-tiles)" },
    audit: publicRead,
    limit: "public-read",
    cors: "any-origin",
    handle: async (deps, _anyone, { params }) => ({
      status: 200,
      content: await readPublicTile(deps, params.logId, `tile/${params.path}`),
      contentType: "application/octet-stream",
      headers: { "cache-control": "public, max-age=31536000, immutable" },
    }),
  }),
  "GET /v1/logs/{logId}/keys": route({
    caller: "public",
    summary:
      "Keys that verify a log's checkpoints and what is signed beside it, newest first, and when each one signed",
    params: z.strictObject({ logId }),
    answer: { 200: z.object({ origin: z.string(), keys: z.array(logKeyShape) }) },
    audit: publicRead,
    limit: "public-read",
    cors: "any-origin",
    handle: async (deps, _anyone, { params }) => ({
      status: 200,
      body: await readLogKeys(deps, params.logId),
      headers: { "cache-control": "public, max-age=60" },
    }),
  }),
  "GET /v1/transparency/sub-processors": route({
    caller: "public",
    summary: "Third parties that hold a copy of personal data",
    answer: { 200: z.object({ subProcessors: z.array(z.record(z.string(), z.string())) }) },
    audit: publicRead,
    limit: "public-read",
    cors: "any-origin",
    handle: () =>
      Promise.resolve({ status: 200, body: { subProcessors }, headers: { "cache-control": "public, max-age=3600" } }),
  }),
} as const satisfies RouteTable;
