import { setTimeout as sleep } from "node:timers/promises";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { type AuditContext, appendEntry, auditContext } from "../../functions/src/ledger/append-entry.ts";
import { nudgeSequencers } from "../../functions/src/ledger/nudges.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { findLedgerState } from "../../functions/src/ledger/store.ts";
import { sweepLedgers } from "../../functions/src/ledger/sweep-ledgers.ts";
import { takeNudge } from "../../functions/src/ledger/take-nudge.ts";
import { tileWidth } from "../../functions/src/ledger/tile.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { systemClock } from "../../functions/src/ports/clock.ts";
import { freshProject } from "./business.ts";
import { startCountProxy } from "./count-proxy.ts";
import { withEmulators, withEnvironment } from "./emulators.ts";
import { atMost, type Figure } from "./figure.ts";
import { leaveProject, openTenant, timedDeps } from "./job-deps.ts";

type Environment = Readonly<Record<string, string>>;

/** Records `count` acts in one transaction. @returns their leaves, in hex. */
function record(deps: Deps, audit: AuditContext, count: number): Promise<string[]> {
  return deps.stores.data.runTransaction(async (tx) => {
    const leaves = Array.from({ length: count }, () =>
      appendEntry(tx, audit, {
        action: "settings-changed",
        actor: { kind: "member", id: "figures" },
        targets: [{ kind: "tenant", id: audit.tenantId }],
        outcome: "success",
      }),
    );
    return leaves.map((leaf) => Buffer.from(leaf).toString("hex"));
  });
}

/** Writes besides deletes that one run of the sequencer makes for some waiting entries, counted at the wire. */
async function writesFor(environment: Environment, entries: number): Promise<number> {
  const proxy = await startCountProxy(environment.FIRESTORE_EMULATOR_HOST ?? "");
  try {
    return await withEnvironment({ FIRESTORE_EMULATOR_HOST: proxy.address }, async () => {
      const deps = timedDeps(await freshProject(environment), environment, systemClock);
      const tenantId = await openTenant(deps, "writes");
      const audit = await auditContext(deps, tenantId);
      for (let written = 0; written < entries; written += tileWidth) {
        await record(deps, audit, Math.min(tileWidth, entries - written));
      }
      proxy.take();
      const { integrated } = await sequence(deps, tenantId, "figures", new Date(Date.now() + 60_000));
      const { writes } = proxy.take();
      await leaveProject(deps, environment);
      if (integrated !== entries) throw new Error(`${integrated} of ${entries} entries were integrated`);
      return writes;
    });
  } finally {
    await proxy.close();
  }
}

/** When each entry was offered and at which time the log was seen to hold how many. */
type Run = { offeredAt: ReadonlyMap<string, number>; looks: readonly { size: number; at: number }[] };

const transactionsASecond = 50;
const entriesATransaction = 10;

/** Messages that are delivered at once, as the sequencer's instances are. */
const instances = 4;
const redeliveryMs = 2_000;
const sweepEveryMs = 60_000;

/**
 * Delivers `ledger-nudges` as Pub/Sub does: some at a time, and again after two seconds when the sequencer says so.
 *
 * @returns dependencies that publish to it, and what stops it.
 */
function withSequencer(deps: Deps): { deps: Deps; stop: () => Promise<void> } {
  const waiting: string[] = [];
  let isOpen = true;
  const publisher: Deps["publisher"] = {
    async publish(topic, { tenantId }) {
      if (topic === "ledger-nudges") waiting.push(String(tenantId));
    },
  };
  const nudged: Deps = Object.create(deps, { publisher: { value: publisher } });
  const work = async (_: unknown, instance: number) => {
    while (isOpen) {
      const tenantId = waiting.shift();
      if (tenantId === undefined) await sleep(10);
      else
        await takeNudge(nudged, tenantId, `figures-${instance}`).catch((error: unknown) => {
          if (!(error instanceof AppError && error.code === "ledger-held")) throw error;
          void sleep(redeliveryMs).then(() => waiting.push(tenantId));
        });
    }
  };
  const workers = Promise.all(Array.from({ length: instances }, work));
  return {
    deps: nudged,
    async stop() {
      isOpen = false;
      await workers;
    },
  };
}

/**
 * Offers entries at a fixed rate to one tenant. Its sequencer runs when an act's own nudge or the minute's sweep tells it
 * to, and never else.
 */
async function offerAndWatch(timed: Deps, tenantId: string, seconds: number): Promise<Run> {
  const { deps, stop } = withSequencer(timed);
  const audit = await auditContext(deps, tenantId);
  const offeredAt = new Map<string, number>();
  const looks: { size: number; at: number }[] = [];
  const began = performance.now();
  const offer = async () => {
    const open: Promise<void>[] = [];
    for (let number = 0; number < seconds * transactionsASecond; number += 1) {
      const dueIn = began + (number * 1000) / transactionsASecond - performance.now();
      if (dueIn > 0) await sleep(dueIn);
      // The wait counts from when the act was offered, not from when Firestore had it.
      const at = performance.now();
      open.push(
        record(deps, audit, entriesATransaction).then((leaves) => {
          for (const leaf of leaves) offeredAt.set(leaf, at);
          return nudgeSequencers(deps);
        }),
      );
    }
    await Promise.all(open);
  };
  const total = seconds * transactionsASecond * entriesATransaction;
  const watch = async () => {
    let sweeps = 0;
    for (let size = 0; size < total; await sleep(50)) {
      const elapsed = performance.now() - began;
      if (elapsed > seconds * 1_000 + 2 * sweepEveryMs) throw new Error(`${size} of ${total} entries are in the log`);
      if (elapsed > (sweeps + 1) * sweepEveryMs) {
        sweeps += 1;
        await sweepLedgers(deps);
      }
      size = (await findLedgerState(deps.stores, tenantId))?.published.size ?? 0;
      looks.push({ size, at: performance.now() });
    }
  };
  await Promise.all([offer(), watch()]);
  await stop();
  return { offeredAt, looks };
}

/**
 * The slowest entry's wait.
 *
 * @throws Error unless the log holds every entry once and nothing else.
 */
async function slowestWait(deps: Deps, tenantId: string, { offeredAt, looks }: Run): Promise<number> {
  const { docs } = await collectionRef(deps.stores, "auditBundles", { tenantId }).orderBy("firstIndex").get();
  const leaves = docs.flatMap((snapshot) =>
    (snapshot.get("leaves") as Uint8Array[]).map((leaf) => Buffer.from(leaf).toString("hex")),
  );
  const known = new Set(leaves);
  const lost = [...offeredAt.keys()].filter((leaf) => !known.has(leaf)).length;
  if (lost > 0 || known.size !== leaves.length || leaves.length !== offeredAt.size) {
    throw new Error(
      `of ${offeredAt.size} entries ${lost} are lost; the log holds ${leaves.length}, ${known.size} distinct`,
    );
  }
  const waits = leaves.map((leaf, index) => {
    const seen = looks.find(({ size }) => size > index)?.at ?? Number.POSITIVE_INFINITY;
    return seen - (offeredAt.get(leaf) ?? 0);
  });
  return Math.max(...waits) / 1000;
}

/** What sequencing costs in Firestore, and how long an entry waits at 500 entries a second for one tenant. */
export function sequencingFigures(seconds = 10): Promise<Figure[]> {
  return withEmulators("demo-figures", async (environment) => {
    const full = 4 * tileWidth;
    const writesAtFull = (await writesFor(environment, full)) / full;
    const writesAtOne = await writesFor(environment, 1);
    const deps = timedDeps(await freshProject(environment), environment, systemClock);
    const tenantId = await openTenant(deps, "rate");
    const run = await offerAndWatch(deps, tenantId, seconds);
    const wait = await slowestWait(deps, tenantId, run);
    await leaveProject(deps, environment);
    const rate = `s until the slowest of ${run.offeredAt.size} entries was published in the log, offered as ${transactionsASecond} transactions of ${entriesATransaction} a second; sequenced when nudged by its act or swept each minute; each there once`;
    return [
      atMost("ledger.extraWritesPerEntry", writesAtFull, `writes besides deletes an entry, ${full} waiting`, 0.01),
      atMost("ledger.writesPerEntry@1", writesAtOne, "writes besides deletes for one entry that waits alone", 3),
      atMost("ledger.integrationSeconds", wait, rate, 60),
    ];
  });
}
