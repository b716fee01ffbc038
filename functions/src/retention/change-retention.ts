import type { Staff } from "../identity/caller.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { countPrunable } from "../ledger/prune-log.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import {
  type AdjustableName,
  adjustableClasses,
  cutoffOf,
  daysInForce,
  isAdjustable,
  isShorter,
  type RetentionPolicy,
} from "./policy.ts";
import { countExpired, countNeverAsked, findPolicy, readPolicyIn, savePolicy } from "./store.ts";

const shorteningDelayMs = 24 * 3_600_000;

/** One class as the controller sees it. */
export interface RetentionChoice {
  name: AdjustableName;
  title: string;
  /** Collections that follow it. */
  covers: CollectionName[];
  days: number | null;
  /** A change on its way: from then on `next.days`. */
  next?: { days: number | null; from: Date };
  defaultDays: number | null;
  minimumDays: number;
  maximumDays: number | null;
  why: string;
}

/** Every class with the period in force, its bounds and why. @throws AppError `not-found`. */
export async function listRetention(deps: Deps, tenantId: string): Promise<RetentionChoice[]> {
  const policy = (await findPolicy(deps.stores, tenantId))?.policy ?? {};
  const now = deps.clock.now();
  return Object.keys(adjustableClasses)
    .filter(isAdjustable)
    .map((name) => {
      const chosen = policy[name];
      const days = daysInForce(policy, name, now) ?? null;
      return {
        name,
        ...adjustableClasses[name],
        covers: collections.filter((entry) => entry.retention === name).map((entry) => entry.name),
        days,
        ...(chosen !== undefined && chosen.from > now ? { next: { days: chosen.days, from: chosen.from } } : {}),
      };
    });
}

function assertWithinBounds(name: AdjustableName, days: number | null): void {
  const { minimumDays, maximumDays, title } = adjustableClasses[name];
  if (days === null && maximumDays !== null)
    throw new AppError("input-invalid", `${title} are kept at most ${maximumDays} days`);
  if (days !== null && (days < minimumDays || (maximumDays !== null && days > maximumDays))) {
    throw new AppError(
      "input-invalid",
      `${title} are kept at least ${minimumDays}${maximumDays === null ? "" : ` and at most ${maximumDays}`} days`,
    );
  }
}

/**
 * Changes how long a class is kept. A longer period holds at once; a shorter one after 24 hours, so that a slip of the
 * hand destroys nothing.
 *
 * @param days - whole days, or null for as long as the account is active.
 * @returns from when the period holds.
 * @throws AppError `input-invalid` outside the class's bounds, `not-found`.
 */
export async function changeRetention(
  deps: Deps,
  staff: Staff,
  name: AdjustableName,
  days: number | null,
): Promise<Date> {
  assertWithinBounds(name, days);
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const now = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const policy = await readPolicyIn(tx, deps.stores, tenantId);
    if (policy === undefined) throw new AppError("not-found", `no tenant ${tenantId}`);
    const before = daysInForce(policy, name, now) ?? null;
    const from = isShorter(days, before) ? new Date(now.getTime() + shorteningDelayMs) : now;
    const next: RetentionPolicy = { ...policy, [name]: { days, from, before } };
    savePolicy(tx, deps.stores, tenantId, next, now);
    appendEntry(tx, audit, {
      action: "retention-changed",
      actor,
      outcome: "success",
      metadata: {
        class: name,
        days: days ?? "while the account is active",
        before: before ?? "while the account is active",
        from: from.toISOString(),
      },
    });
    return from;
  });
}

/** How many records of a class a period would purge, were it in force now. */
export async function previewRetention(
  deps: Deps,
  tenantId: string,
  name: AdjustableName,
  days: number | null,
): Promise<{ collection: string; count: number }[]> {
  assertWithinBounds(name, days);
  const now = deps.clock.now();
  const cutoff = cutoffOf({ [name]: { days, from: new Date(0), before: days } }, name, now);
  const entries = collections.filter((entry) => entry.retention === name && entry.agedBy !== undefined);
  const count = async (entry: (typeof entries)[number], before: Date) => {
    const expired = await countExpired(deps.stores, entry, tenantId, before);
    return entry.name === "conversations" ? expired + (await countNeverAsked(deps.stores, tenantId, before)) : expired;
  };
  const purges = await Promise.all(
    entries.map(async (entry) => ({
      collection: entry.name as string,
      count: cutoff === undefined ? 0 : await count(entry, cutoff),
    })),
  );
  if (name !== "audit-log" || cutoff === undefined) return purges;
  return [...purges, { collection: "auditBundles", count: await countPrunable(deps, tenantId, cutoff) }];
}
