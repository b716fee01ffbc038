import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { cursorOf, placeOf } from "../../platform/page-cursor.ts";
import { type HeldItem, heldItemOf } from "./held-item.ts";
import { everyHoldOver, type Hold, heldAfterErasure, pageOfHolds } from "./store.ts";

/** A hold as staff see it. */
export interface HoldSummary {
  holdId: string;
  subjectId: string;
  items: HeldItem[];
  basis: string;
  createdAt: Date;
  endsAt: Date;
  /** `ended` by itself; what a lifted or ended one kept follows its usual rules. */
  state: "active" | "lifted" | "ended";
  /** What it keeps outlives its person, and is read by the hold alone. */
  subjectErased: boolean;
}

const pageSize = 100;
const [activeMark, overMark] = ["active.", "over."];

/**
 * One page of holds: those that nobody lifted first, soonest end first; then those that are over, latest end first.
 *
 * @param of.subjectId - only those of this person, all of them on one page; absent for all of the tenant.
 * @param of.cursor - an earlier page's `nextCursor`.
 * @throws AppError `input-invalid` for a cursor that no page gave.
 */
export async function listHolds(
  deps: Deps,
  tenantId: string,
  of: { subjectId?: string | undefined; cursor?: string | undefined } = {},
): Promise<{ holds: HoldSummary[]; nextCursor?: string }> {
  const now = deps.clock.now();
  if (of.subjectId !== undefined) {
    const own = await everyHoldOver(deps.stores, tenantId, of.subjectId);
    const [active, over] = [own.filter(isActive), own.filter((hold) => !isActive(hold)).reverse()];
    return { holds: await summariesOf(deps, [...active, ...over], now) };
  }
  const { active, after } = startOf(of.cursor);
  const holds = await pageOfHolds(deps.stores, tenantId, active, { limit: pageSize, after });
  const last = holds.at(-1);
  const more = holds.length === pageSize && last !== undefined;
  const summaries = await summariesOf(deps, holds, now);
  if (!more && active) return { holds: summaries, nextCursor: overMark };
  const mark = active ? activeMark : overMark;
  return {
    holds: summaries,
    ...(more ? { nextCursor: `${mark}${cursorOf({ time: last.endsAt, id: last.id })}` } : {}),
  };
}

function isActive(hold: Hold): boolean {
  return hold.state === "active";
}

/** Where a page begins; the mark alone is the beginning of those that are over. */
function startOf(cursor: string | undefined) {
  if (cursor === undefined) return { active: true, after: undefined };
  const active = cursor.startsWith(activeMark);
  if (!active && !cursor.startsWith(overMark)) throw new AppError("input-invalid", "cursor is not one of ours");
  const place = cursor.slice((active ? activeMark : overMark).length);
  return { active, after: place === "" && !active ? undefined : placeOf(place) };
}

async function summariesOf({ stores }: Deps, holds: readonly Hold[], now: Date): Promise<HoldSummary[]> {
  const ofErased = await heldAfterErasure(stores, holds);
  return holds.map((hold) => {
    const { id: holdId, subjectId, items, basis, createdAt, endsAt } = hold;
    const state = isActive(hold) && endsAt <= now ? "ended" : hold.state;
    const subjectErased = ofErased.has(holdId);
    return { holdId, subjectId, items: items.map(heldItemOf), basis, createdAt, endsAt, state, subjectErased };
  });
}
