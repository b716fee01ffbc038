import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import type { BucketName } from "../inventory/inventory.ts";
import { AppError, grpcCode } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import type { Buckets } from "../ports/buckets.ts";
import { findBundleIn, grownBundle, setBundle } from "./bundles.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { hashLeaves } from "./hash.ts";
import { type LogKeyDeps, originOf } from "./log-key.ts";
import { logSigner } from "./log-signer.ts";
import { publishTiles } from "./publish-tiles.ts";
import {
  hasEnded,
  isClosed,
  isHeldByOther,
  type LedgerState,
  listPendingEntries,
  type QueuedEntry,
  readLedger,
  type SignedSize,
  setLedgerState,
  takePendingEntry,
} from "./store.ts";
import { tileWidth } from "./tile.ts";
import { appendLeaves, emptyTree, rootHash } from "./tree.ts";

export type LedgerDeps = CryptoDeps & LogKeyDeps & { buckets: Buckets<BucketName> };

/** What a run of the sequencer came to. */
export interface SequencerRun {
  /** How many entries it integrated. */
  integrated: number;
  /** `drained`: a look found no entry waiting. `more`: time was up. `held`: somebody else's run is under way. */
  ended: "drained" | "more" | "held";
}

type State = Omit<LedgerState, "isUnpublished">;

/** A sequencer that has not written for this long has stopped. */
const leaseMs = 10_000;
const notFound = 5;

/**
 * Integrates a tenant's waiting entries into its log, batch by batch, until none is left or time is up. After each batch
 * it writes the tiles of the log's size; the next transaction makes that size the published one, and the last ends the
 * lease.
 *
 * Two sequencers of one tenant are safe: both read the state in the transaction that advances it, and an entry is taken
 * from the queue on the condition that it is still there. The lease only spares them the race.
 *
 * @param holder - who sequences: one name an instance.
 * @param until - stop taking new batches then.
 * @throws AppError `key-unavailable` when checkpoints cannot be signed: entries wait, none is lost.
 */
export async function sequence(deps: LedgerDeps, tenantId: string, holder: string, until: Date): Promise<SequencerRun> {
  const { state, readAt } = await readLedger(deps.stores, tenantId);
  if (isClosed(state)) return { integrated: 0, ended: "drained" };
  if (isHeldByOther(state, holder, readAt)) return { integrated: 0, ended: "held" };
  // What a run that stopped left out comes first: every size that was signed has its tiles.
  let written = await writeTiles(deps, tenantId, state);
  const run: SequencerRun = { integrated: 0, ended: "more" };
  do {
    const waiting = await listPendingEntries(deps.stores, tenantId, tileWidth);
    const batch = waiting.length === 0 ? undefined : await integrate(deps, tenantId, holder, waiting, written);
    if (batch === undefined) {
      run.ended = waiting.length === 0 ? "drained" : "held";
      break;
    }
    run.integrated += batch.count;
    written = await writeTiles(deps, tenantId, batch.state);
  } while (deps.clock.now() < until);
  if (written !== undefined) await endRun(deps, tenantId, holder, written);
  if (run.integrated > 0) log.info("integrated entries", { tenantId, count: run.integrated });
  return run;
}

/**
 * One transaction: at most one bundle grown, the state advanced, the entries taken.
 *
 * @param written - a size whose tiles are in the bucket, to be published with it.
 * @returns undefined while somebody else sequences, and when the log has ended.
 */
async function integrate(
  deps: LedgerDeps,
  tenantId: string,
  holder: string,
  waiting: readonly QueuedEntry[],
  written: SignedSize | undefined,
): Promise<{ count: number; state: State } | undefined> {
  try {
    return await deps.stores.data.runTransaction(async (tx) => {
      const { state: stored, readAt } = await readLedger(deps.stores, tenantId, tx);
      if (stored === undefined && (await hasEnded(tx, deps.stores, tenantId))) return undefined;
      if (isHeldByOther(stored, holder, readAt)) return undefined;
      const state = stored ?? opened(deps, tenantId, readAt);
      const number = Math.floor(state.size / tileWidth);
      const width = state.size % tileWidth;
      const bundle = width === 0 ? undefined : await findBundleIn(tx, deps.stores, tenantId, number);
      if (width !== (bundle?.leaves.length ?? 0))
        throw new AppError("ledger-malformed", `bundle ${number} of ${tenantId} is not as wide as the state says`);
      const entries = waiting.slice(0, tileWidth - width);
      const hashes = hashLeaves(entries.map((entry) => entry.leaf));
      const lease = { holder, expiresAt: new Date(readAt.getTime() + leaseMs) };
      const published = newer(state.published, written);
      const next = { ...(await grown(deps, state, hashes)), published, lease, integratedAt: readAt };
      setBundle(tx, deps.stores, tenantId, number, grownBundle(bundle, state.size - width, entries, hashes));
      setLedgerState(tx, deps.stores, tenantId, next);
      for (const entry of entries) takePendingEntry(tx, deps.stores, tenantId, entry.id);
      return { count: entries.length, state: next };
    });
    // Durable now: bundle, edge and checkpoint of the same size. Tiles are derived from the bundles; if we stop here,
    // the next run writes them, since the published size says what is missing.
  } catch (error) {
    // Somebody else took an entry of this batch between our look and our commit: they go on.
    if (grpcCode(error) === notFound) return undefined;
    throw error;
  }
}

function opened(deps: LedgerDeps, tenantId: string, readAt: Date): State {
  return {
    origin: originOf(deps, tenantId),
    ...emptyTree,
    checkpoint: "",
    published: { size: 0, checkpoint: "" },
    lease: { holder: "", expiresAt: readAt },
    integratedAt: readAt,
  };
}

/** The state with further leaves and a signed checkpoint over them. */
async function grown(deps: LedgerDeps, state: State, leafHashes: Uint8Array): Promise<State> {
  const { tree } = appendLeaves({ size: state.size, edge: state.edge }, leafHashes);
  const signer = await logSigner(deps, state.origin);
  const head = { origin: state.origin, size: tree.size, root: rootHash(tree), extensions: [] };
  return { ...state, ...tree, checkpoint: await signCheckpoint(head, signer) };
}

/** Writes the tiles that the bucket lacks at the state's size. @returns that size, to be published; undefined if none lacks. */
async function writeTiles(
  deps: LedgerDeps,
  tenantId: string,
  state: State | undefined,
): Promise<SignedSize | undefined> {
  if (state === undefined || state.published.size === state.size) return undefined;
  await publishTiles(deps, tenantId, state.published.size, state.size);
  return { size: state.size, checkpoint: state.checkpoint };
}

/** Publishes the last size whose tiles were written, and ends the lease, so that the next sequencer need not wait. */
async function endRun(deps: LedgerDeps, tenantId: string, holder: string, written: SignedSize): Promise<void> {
  await deps.stores.data.runTransaction(async (tx) => {
    const { state, readAt } = await readLedger(deps.stores, tenantId, tx);
    if (state === undefined || isClosed(state)) return;
    const lease = state.lease.holder === holder ? { holder: "", expiresAt: readAt } : state.lease;
    setLedgerState(tx, deps.stores, tenantId, { ...state, published: newer(state.published, written), lease });
  });
}

function newer(published: SignedSize, written: SignedSize | undefined): SignedSize {
  return written !== undefined && written.size > published.size ? written : published;
}
