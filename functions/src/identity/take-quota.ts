import type { Stores } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { findTenant } from "../tenants/find-tenant.ts";
import { type Quota, readQuota, saveQuota } from "./store.ts";

const windowMs = 10 * 60_000;
/** Questions and new sessions in a window, over all instances. */
const perWindow = { channel: 2_000, account: 5_000 } as const;
/** Units leased at once; fewer as they run out, so that one instance does not take what another one needs. */
const largestBlock = 100;
const leasedShare = 1 / 10;

type Place = { tenantId: string; channelId: string };

/** What an instance may use until the window ends, without asking again. */
interface Block {
  left: number;
  endsAt: number;
  /** Whether nothing was left to lease: there is nothing more in this window. */
  isLast: boolean;
}

/** A set of blocks for each set of databases, as an instance has one; by channel. */
const blocksOf = new WeakMap<Stores, Map<string, Promise<Block>>>();
const capacity = 10_000;

/**
 * Takes one unit of what a channel and its account may use of the chat in ten minutes, whoever asks and from wherever: a
 * public channel key is no secret. An instance leases units in blocks, so that most calls touch no database.
 *
 * @throws AppError `rate-limited` when nothing is left in this window, `tenant-closed`.
 */
export async function takeQuota(deps: Pick<Deps, "stores" | "clock">, at: Place): Promise<void> {
  const blocks = blocksOf.get(deps.stores) ?? new Map<string, Promise<Block>>();
  blocksOf.set(deps.stores, blocks);
  const slot = `${at.tenantId}/${at.channelId}`;
  for (;;) {
    const leased = blocks.get(slot);
    const block = await leased;
    if (block !== undefined && isWithin(block, deps.clock.now().getTime())) {
      if (block.left > 0) {
        block.left -= 1;
        return;
      }
      if (block.isLast) throw new AppError("rate-limited", `channel ${at.channelId} is used too much`);
    }
    // Whoever comes here first leases for everybody who waits.
    if (blocks.get(slot) === leased) keep(blocks, slot, lease(deps, at));
  }
}

/** A clock that is set back ends a block too. */
function isWithin({ endsAt }: Block, now: number): boolean {
  return now < endsAt && now >= endsAt - windowMs;
}

function keep(blocks: Map<string, Promise<Block>>, slot: string, leasing: Promise<Block>): void {
  blocks.delete(slot);
  blocks.set(slot, leasing);
  // A lease that failed is tried again by the next call.
  leasing.catch(() => blocks.get(slot) === leasing && blocks.delete(slot));
  const oldest = blocks.keys().next();
  if (blocks.size > capacity && !oldest.done) blocks.delete(oldest.value);
}

async function lease(deps: Pick<Deps, "stores" | "clock">, { tenantId, channelId }: Place): Promise<Block> {
  const now = deps.clock.now().getTime();
  const windowAt = new Date(now - (now % windowMs));
  const tenant = await findTenant(deps.stores, tenantId);
  if (tenant === undefined || tenant.closure?.startedAt !== undefined) {
    throw new AppError("tenant-closed", "the account no longer answers");
  }
  const places = { channel: `channel-${channelId}`, account: "account" };
  const left = await deps.stores.data.runTransaction(async (tx) => {
    const [channel, account] = await Promise.all([
      readQuota(tx, deps.stores, tenantId, places.channel),
      readQuota(tx, deps.stores, tenantId, places.account),
    ]);
    // Another instance's clock may be in the next window already: its count goes on.
    const inWindow = (quota: Quota = { windowAt, taken: 0 }) =>
      quota.windowAt < windowAt ? { windowAt, taken: 0 } : quota;
    const [ofChannel, ofAccount] = [inWindow(channel), inWindow(account)];
    const free = Math.min(perWindow.channel - ofChannel.taken, perWindow.account - ofAccount.taken);
    const units = Math.min(largestBlock, Math.ceil(free * leasedShare));
    if (units <= 0) return 0;
    saveQuota(tx, deps.stores, tenantId, places.channel, { ...ofChannel, taken: ofChannel.taken + units });
    saveQuota(tx, deps.stores, tenantId, places.account, { ...ofAccount, taken: ofAccount.taken + units });
    return units;
  });
  // If we die here, what was leased stays unused until the window ends.
  return { left, endsAt: windowAt.getTime() + windowMs, isLast: left === 0 };
}
