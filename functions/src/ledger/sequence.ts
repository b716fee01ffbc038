import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import type { BucketName } from "../inventory/inventory.ts";
import { AppError, grpcCode } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import type { Buckets } from "../ports/buckets.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { hashAt, hashLeaves } from "./hash.ts";
import { type LogKeyDeps, originOf } from "./log-key.ts";
import { logSigner } from "./log-signer.ts";
import { publishTiles } from "./publish-tiles.ts";
import {
  type Bundle,
  findBundleIn,
  findLedgerState,
  findLedgerStateIn,
  hasEnded,
  type LedgerState,
  listPendingEntries,
  type QueuedEntry,
  setBundle,
  setLedgerState,
  takePendingEntry,
} from "./store.ts";
import { tileWidth } from "./tile.ts";
import { appendLeaves, emptyTree, rootHash } from "./tree.ts";

export type LedgerDeps = CryptoDeps & LogKeyDeps & { buckets: Buckets<BucketName> };

/** A sequencer that has not written for this long has stopped. */
const leaseMs = 10_000;
const notFound = 5;

/**
 * Integrates a tenant's waiting entries into its log, batch by batch, until none is left or time is up.
 *
 * Two sequencers of one tenant are safe: both read the state in the transaction that advances it, and an entry is taken
 * from the queue on the condition that it is still there. The lease only spares them the race.
 *
 * @param holder - who sequences: one name an instance.
 * @param until - stop taking new batches then.
 * @returns how many entries were integrated.
 * @throws AppError `key-unavailable` when checkpoints cannot be signed: entries wait, none is lost.
 */
export async function sequence(deps: LedgerDeps, tenantId: string, holder: string, until: Date): Promise<number> {
  let integrated = 0;
  for (;;) {
    const waiting = await listPendingEntries(deps.stores, tenantId, tileWidth);
    if (waiting.length === 0) break;
    const batch = await integrate(deps, tenantId, holder, waiting);
    if (batch === undefined) return integrated;
    integrated += batch;
    if (deps.clock.now() >= until) break;
  }
  await publishMissing(deps, tenantId);
  if (integrated > 0) log.info("integrated entries", { tenantId, count: integrated });
  return integrated;
}

/** One transaction: at most one bundle grown, the state advanced, the entries taken. Undefined while somebody else sequences. */
async function integrate(
  deps: LedgerDeps,
  tenantId: string,
  holder: string,
  waiting: readonly QueuedEntry[],
): Promise<number | undefined> {
  try {
    return await deps.stores.data.runTransaction(async (tx) => {
      const now = deps.clock.now();
      const stored = await findLedgerStateIn(tx, deps.stores, tenantId);
      if (stored === undefined && (await hasEnded(tx, deps.stores, tenantId))) return undefined;
      const state = stored ?? opened(deps, tenantId, now);
      if (state.lease.holder !== holder && state.lease.expiresAt > now) return undefined;
      const number = Math.floor(state.size / tileWidth);
      const width = state.size % tileWidth;
      const bundle = width === 0 ? undefined : await findBundleIn(tx, deps.stores, tenantId, number);
      if (width !== (bundle?.leaves.length ?? 0))
        throw new AppError("ledger-malformed", `bundle ${number} of ${tenantId} is not as wide as the state says`);
      const entries = waiting.slice(0, tileWidth - width);
      const hashes = hashLeaves(entries.map((entry) => entry.leaf));
      const next = await advance(deps, state, hashes, { holder, expiresAt: new Date(now.getTime() + leaseMs) }, now);
      setBundle(tx, deps.stores, tenantId, number, grown(bundle, state.size - width, entries, hashes));
      setLedgerState(tx, deps.stores, tenantId, next);
      for (const entry of entries) takePendingEntry(tx, deps.stores, tenantId, entry.id);
      return entries.length;
    });
    // Durable now: bundle, edge and checkpoint of the same size. Tiles are derived from the bundles; if we stop here,
    // the next run publishes them, since publishedSize says what is missing.
  } catch (error) {
    // Somebody else took an entry of this batch between our look and our commit: they go on.
    if (grpcCode(error) === notFound) return undefined;
    throw error;
  }
}

function opened(deps: LedgerDeps, tenantId: string, now: Date): Omit<LedgerState, "isUnpublished"> {
  return {
    origin: originOf(deps, tenantId),
    ...emptyTree,
    checkpoint: "",
    publishedSize: 0,
    lease: { holder: "", expiresAt: now },
    integratedAt: now,
  };
}

async function advance(
  deps: LedgerDeps,
  state: Omit<LedgerState, "isUnpublished">,
  leafHashes: Uint8Array,
  lease: LedgerState["lease"],
  now: Date,
): Promise<Omit<LedgerState, "isUnpublished">> {
  const { tree } = appendLeaves({ size: state.size, edge: state.edge }, leafHashes);
  const signer = await logSigner(deps, state.origin);
  const checkpoint = await signCheckpoint(
    { origin: state.origin, size: tree.size, root: rootHash(tree), extensions: [] },
    signer,
  );
  return { ...state, ...tree, checkpoint, lease, integratedAt: now };
}

function grown(
  bundle: Bundle | undefined,
  firstIndex: number,
  entries: readonly QueuedEntry[],
  leafHashes: Uint8Array,
): Bundle {
  const ids = entries.map((_, index) => Buffer.from(hashAt(leafHashes, index).subarray(0, 8)).toString("hex"));
  const times = entries.map((entry) => entry.occurredAt.getTime());
  const last = new Date(Math.max(bundle?.lastOccurredAt.getTime() ?? 0, ...times));
  return {
    firstIndex,
    leaves: [...(bundle?.leaves ?? []), ...entries.map((entry) => entry.leaf)],
    hashes: Buffer.concat([bundle?.hashes ?? new Uint8Array(), leafHashes]),
    leafIds: [...(bundle?.leafIds ?? []), ...ids],
    entryIds: [...(bundle?.entryIds ?? []), ...entries.map((entry) => entry.id)],
    actions: [...(bundle?.actions ?? []), ...entries.map((entry) => entry.action)],
    actorIds: [...(bundle?.actorIds ?? []), ...entries.map((entry) => entry.actorId)],
    subjectTags: [...(bundle?.subjectTags ?? []), ...entries.map((entry) => entry.subjectTag)],
    openings: [...(bundle?.openings ?? []), ...entries.map((entry) => entry.openings)],
    lastOccurredAt: last,
  };
}

/** Publishes the tiles that the bucket lacks, then says so in the state: what a stop left out is caught up here. */
async function publishMissing(deps: LedgerDeps, tenantId: string): Promise<void> {
  const state = await findLedgerState(deps.stores, tenantId);
  if (state === undefined || state.publishedSize === state.size) return;
  await publishTiles(deps, tenantId, state.publishedSize, state.size);
  await deps.stores.data.runTransaction(async (tx) => {
    const current = await findLedgerStateIn(tx, deps.stores, tenantId);
    if (current === undefined || current.publishedSize >= state.size) return;
    setLedgerState(tx, deps.stores, tenantId, { ...current, publishedSize: state.size });
  });
}
