import { z } from "zod";
import { noteClosedAgain } from "../closure/delete-account-again.ts";
import { withdrawAgain } from "../conversations/withdraw-again.ts";
import { roles } from "../identity/permissions.ts";
import { endAllSessions, revokeKeyAgain, setMemberAgain } from "../identity/revoke-again.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { TombstoneCopy } from "../subject-requests/replay-tombstones.ts";
import { restrictAgain } from "../subject-requests/rights/restrict-again.ts";
import { tenantsAfter } from "./store.ts";

/** How much was set again. */
export interface SetAgain {
  restrictions: number;
  withdrawals: number;
  revocations: number;
  sessions: number;
}

const withdrawalTargets = z.object({
  subjectId: z.string(),
  consentId: z.string(),
  purpose: z.string(),
  channelId: z.string(),
  noticeVersion: z.coerce.number(),
});
const restrictionTargets = z.object({
  subjectId: z.string(),
  state: z.enum(["active", "restricted"]),
  grounds: z
    .string()
    .transform((names) => names.split(" "))
    .pipe(z.array(z.enum(["accuracy", "unlawful", "claims", "objection"])))
    .optional(),
  objection: z.enum(["undecided", "upheld", "rejected"]).optional(),
  since: z.iso.datetime().optional(),
});
const revocationTargets = z.union([
  z.object({ keyId: z.string() }),
  z.object({ uid: z.string(), role: z.enum([...roles, "removed"]) }),
]);

/**
 * Sets again what tombstones say that a restore undid: the last word on each restriction and each role, every withdrawal
 * that no later decision replaced, every revoked key, that an account is gone. Ends the sessions of all staff. Safe to repeat.
 *
 * @throws AppError `document-malformed` for a kind that this version does not know: better closed than half replayed.
 */
export async function setAgain(deps: Deps, copies: readonly TombstoneCopy[]): Promise<SetAgain> {
  const unknown = copies.find(({ kind }) => !["withdrawal", "restriction", "revocation", "closure"].includes(kind));
  if (unknown !== undefined) throw new AppError("document-malformed", `tombstone ${unknown.path} is of no known kind`);
  const inOrder = copies.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  const set: SetAgain = { restrictions: 0, withdrawals: 0, revocations: 0, sessions: 0 };
  for (const copy of lastOf(inOrder, "restriction", ({ subjectId = "" }) => subjectId)) {
    if (await restrict(deps, copy)) set.restrictions += 1;
  }
  for (const copy of inOrder.filter(({ kind }) => kind === "withdrawal")) {
    const { tenantId, createdAt } = copy;
    const { consentId: id, ...targets } = withdrawalTargets.parse(copy.targets);
    if (await withdrawAgain(deps, { ...targets, id, tenantId, given: false, createdAt })) set.withdrawals += 1;
  }
  for (const copy of inOrder.filter(({ kind }) => kind === "closure")) await noteClosedAgain(deps, copy);
  for (const copy of lastOf(inOrder, "revocation", ({ keyId, uid }) => keyId ?? uid ?? "")) {
    if (await revoke(deps, copy)) set.revocations += 1;
  }
  let page = await tenantsAfter(deps.stores, null, 100);
  while (page.length > 0) {
    for (const tenantId of page) set.sessions += await endAllSessions(deps, tenantId);
    page = await tenantsAfter(deps.stores, page.at(-1) ?? null, 100);
  }
  return set;
}

/** Of each thing that tombstones of a kind are about, the last one. */
function lastOf(
  inOrder: readonly TombstoneCopy[],
  wanted: string,
  thing: (targets: TombstoneCopy["targets"]) => string,
): TombstoneCopy[] {
  const found = inOrder.filter(({ kind }) => kind === wanted);
  return [...new Map(found.map((copy) => [`${copy.tenantId}/${thing(copy.targets)}`, copy])).values()];
}

function restrict(deps: Deps, { tenantId, targets, createdAt }: TombstoneCopy): Promise<boolean> {
  const { subjectId, state, grounds = ["claims"], objection, since } = restrictionTargets.parse(targets);
  const restriction = {
    grounds,
    since: since === undefined ? createdAt : new Date(since),
    ...(objection === undefined ? {} : { objection }),
  };
  return restrictAgain(deps, { tenantId, subjectId }, state === "active" ? undefined : restriction);
}

function revoke(deps: Deps, { tenantId, targets, createdAt }: TombstoneCopy): Promise<boolean> {
  const parsed = revocationTargets.parse(targets);
  if ("keyId" in parsed) return revokeKeyAgain(deps, tenantId, parsed.keyId, createdAt);
  return setMemberAgain(deps, tenantId, parsed.uid, parsed.role, createdAt);
}
