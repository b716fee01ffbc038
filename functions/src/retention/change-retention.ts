import type { Staff } from "../identity/caller.ts";
import { type CollectionName, collections } from "../inventory/inventory.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { dayMs } from "../platform/time.ts";
import {
  type AdjustableName,
  adjustableClasses,
  daysInForce,
  isAdjustable,
  isShorter,
  type RetentionPolicy,
} from "./policy.ts";
import { findPolicy, readPolicyIn, savePolicy } from "./store.ts";

const shorteningDelayMs = dayMs;

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
  /** Whether nobody reads what is past its period from that moment on. */
  hiddenAtOnce: boolean;
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
        ...(chosen !== undefined && chosen.days !== days ? { next: { days: chosen.days, from: chosen.from } } : {}),
      };
    });
}

/** @throws AppError `input-invalid` for a period outside the class's bounds. */
export function assertWithinBounds(name: AdjustableName, days: number | null): void {
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
 * hand destroys nothing. Where this instance's clock and the database's differ, the 24 hours count from the later, and
 * the period until then is the longer of those in force by either: a clock that is off destroys nothing early.
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
  const own = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const found = await readPolicyIn(tx, deps.stores, tenantId);
    if (found === undefined) throw new AppError("not-found", `no tenant ${tenantId}`);
    const { policy, readAt } = found;
    const server = deps.clock.fromServer?.(readAt) ?? own;
    const now = new Date(Math.max(own.getTime(), server.getTime()));
    const before = longer(daysInForce(policy, name, own) ?? null, daysInForce(policy, name, server) ?? null);
    const shortens = isShorter(days, before);
    const from = shortens ? new Date(now.getTime() + shorteningDelayMs) : now;
    // A longer period is in force by any clock from here on: nothing waits for `from`.
    const next: RetentionPolicy = { ...policy, [name]: { days, from, before: shortens ? before : days } };
    savePolicy(tx, deps.stores, tenantId, next, own);
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

function longer(one: number | null, other: number | null): number | null {
  return isShorter(one, other) ? other : one;
}
