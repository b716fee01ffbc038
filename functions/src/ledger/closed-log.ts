import type { Transaction } from "@google-cloud/firestore";
import { type AuditAction, actions } from "./actions.ts";
import { signCheckpoint } from "./checkpoint.ts";
import { commit, openingBytes } from "./commitment.ts";
import { hashBytes, hashLeaf } from "./hash.ts";
import { encodeLeaf } from "./leaf.ts";
import { originOf } from "./log-key.ts";
import { logSigner } from "./log-signer.ts";
import { inclusionProof } from "./proof.ts";
import { ledgerObject, readTile, upperTile } from "./publish-tiles.ts";
import type { LedgerDeps } from "./sequence.ts";
import { closedLease, hasPendingIn, isHeldByOther, readLedger, setLedgerState } from "./store.ts";
import { changedTiles, type Tile, tilePath, tileReader } from "./tile.ts";
import { formatTlogProof } from "./tlog-proof.ts";
import { appendLeaves, emptyTree, rootHash } from "./tree.ts";

/**
 * What is left of a tenant's log when its entries are gone: hashes. Its one last entry is the certificate of the
 * account's deletion.
 */
export interface ClosedLog {
  origin: string;
  size: number;
  /** Right edge of the tree. */
  edge: Uint8Array;
  /** Signed note over `size`. */
  checkpoint: string;
}

/**
 * Takes a log away from its sequencer for good, within a transaction that keeps what this returns: two heads of one log
 * would be a fork.
 *
 * @param holder - under which the caller sequenced itself.
 * @returns the log as it ends; an empty one when it never had an entry; undefined while an entry waits, another
 * sequencer's run is under way, or tiles are not all published.
 */
export async function takeLog(
  tx: Transaction,
  deps: LedgerDeps,
  tenantId: string,
  holder: string,
): Promise<ClosedLog | undefined> {
  const { state, readAt } = await readLedger(deps.stores, tenantId, tx);
  if (await hasPendingIn(tx, deps.stores, tenantId)) return undefined;
  if (state === undefined) return { origin: originOf(deps, tenantId), ...emptyTree, checkpoint: "" };
  if (isHeldByOther(state, holder, readAt) || state.published.size !== state.size) return undefined;
  setLedgerState(tx, deps.stores, tenantId, { ...state, lease: closedLease });
  const { origin, size, edge, checkpoint } = state;
  return { origin, size, edge, checkpoint };
}

/** The last entry of a log: that its tenant is gone, with the digest of the certificate. Opened by nobody's key. */
export function finalLeaf(
  deps: LedgerDeps,
  tenantId: string,
  event: { action: AuditAction; actorId: string; jobId: string; receiptDigest: string; occurredAt: Date },
): Uint8Array {
  return encodeLeaf({
    action: event.action,
    version: 1,
    occurredAt: event.occurredAt,
    crud: actions[event.action].crud,
    actor: { kind: "system", commitment: commit(event.actorId, deps.ids.bytes(openingBytes)) },
    targets: [
      { kind: "tenant", id: tenantId },
      { kind: "job", id: event.jobId },
      { kind: "receipt", id: event.jobId },
    ],
    context: { tenant: tenantId },
    outcome: "success",
    metadata: { receiptDigest: event.receiptDigest },
    nonce: deps.ids.bytes(32),
  });
}

/** The log with one entry more, under a fresh checkpoint. @throws AppError `key-unavailable`. */
export async function logWithLeaf(deps: LedgerDeps, log: ClosedLog, leaf: Uint8Array): Promise<ClosedLog> {
  const { tree } = appendLeaves({ size: log.size, edge: log.edge }, hashLeaf(leaf));
  const signer = await logSigner(deps, log.origin);
  const head = { origin: log.origin, size: tree.size, root: rootHash(tree), extensions: [] };
  return { origin: log.origin, ...tree, checkpoint: await signCheckpoint(head, signer) };
}

/**
 * Writes the tiles that the last entry changed; writing them twice writes the same.
 *
 * @param size - of the log with that entry.
 */
export async function publishFinalTiles(
  deps: LedgerDeps,
  tenantId: string,
  size: number,
  leaf: Uint8Array,
): Promise<void> {
  for (const tile of changedTiles(size - 1, size)) {
    const bytes =
      tile.level === 0 ? await grownTile(deps, tenantId, tile, leaf) : await upperTile(deps, tenantId, tile, size - 1);
    await deps.buckets.write("ledger", ledgerObject(tenantId, tilePath(tile)), bytes, "application/octet-stream");
  }
}

async function grownTile(deps: LedgerDeps, tenantId: string, tile: Tile, leaf: Uint8Array): Promise<Uint8Array> {
  const before =
    tile.width === 1 ? new Uint8Array() : await readTile(deps, tenantId, { ...tile, width: tile.width - 1 });
  return Buffer.concat([before.subarray(0, (tile.width - 1) * hashBytes), hashLeaf(leaf)]);
}

/** Proof that a closed log holds its last entry: a `c2sp.org/tlog-proof@v1` text. */
export async function proofOfFinalLeaf(deps: LedgerDeps, tenantId: string, log: ClosedLog): Promise<string> {
  const read = tileReader(log.size, (tile) => readTile(deps, tenantId, tile));
  const index = log.size - 1;
  return formatTlogProof({ index, hashes: await inclusionProof(read, index, log.size), checkpoint: log.checkpoint });
}
