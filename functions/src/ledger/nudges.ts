import type { Stores } from "../inventory/collections.ts";
import type { TopicName } from "../inventory/inventory.ts";
import { log } from "../platform/log.ts";
import { withinTime } from "../platform/within-time.ts";
import type { Publisher } from "../ports/publisher.ts";

/** What this instance has to tell the sequencers. */
interface Nudges {
  /** Tenants with entries of which no message says so. */
  due: Set<string>;
  /** The messages that are on their way. */
  sending: Promise<void>;
  /** The round that whoever comes meanwhile shares. */
  next: Promise<void> | undefined;
}

interface NudgeDeps {
  stores: Stores;
  publisher: Publisher<TopicName>;
}

/** An instance has one for its databases; tests with databases of their own never meet. */
const instances = new WeakMap<Stores, Nudges>();

/** Notes that a tenant has an entry for its sequencer. Nothing is sent before `nudgeSequencers`: it is not durable yet. */
export function oweNudge(stores: Stores, tenantId: string): void {
  const nudges = instances.get(stores) ?? { due: new Set(), sending: Promise.resolve(), next: undefined };
  instances.set(stores, nudges);
  nudges.due.add(tenantId);
}

/**
 * Tells the sequencers of the tenants for which this instance appended entries; costs nothing where there are none. To be
 * called once the entries are durable, before the answer: an instance has no processor after it. Calls at the same time
 * share their messages.
 *
 * It never fails: the act is done, and `ledger-sweep` nudges within a minute for whatever is lost here.
 *
 * @param limitMs - how long somebody who waits for an answer may be kept while Pub/Sub does not answer.
 */
export async function nudgeSequencers(deps: NudgeDeps, limitMs?: number): Promise<void> {
  const nudges = instances.get(deps.stores);
  if (nudges === undefined || nudges.due.size === 0) return;
  nudges.next ??= sendAfter(deps, nudges, limitMs);
  await nudges.next;
}

async function sendAfter(deps: NudgeDeps, nudges: Nudges, limitMs: number | undefined): Promise<void> {
  await nudges.sending;
  nudges.next = undefined;
  const tenants = [...nudges.due];
  nudges.due.clear();
  nudges.sending = send(deps, tenants, limitMs);
  await nudges.sending;
}

async function send(deps: NudgeDeps, tenants: readonly string[], limitMs: number | undefined): Promise<void> {
  const sent = Promise.all(tenants.map((tenantId) => deps.publisher.publish("ledger-nudges", { tenantId })));
  try {
    await (limitMs === undefined ? sent : withinTime(limitMs, "nudge of sequencers", sent));
  } catch (error) {
    // Not the caller's failure: their entry is durable, and the sweep finds it.
    log.warn("sequencers were not nudged", { count: tenants.length }, error);
  }
}
