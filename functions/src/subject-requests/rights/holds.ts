import { idempotentId } from "../../crypto/blind-index.ts";
import { freshReminders, isLapsed, remindersFrom } from "../../deadlines/deadline.ts";
import type { Actor } from "../../identity/caller.ts";
import { collectionRef, documentRef } from "../../inventory/collections.ts";
import { type AuditContext, type AuditEvent, appendEntry, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { actOnSubject } from "./act.ts";

/** What is to be kept: conversations and leads of one person, by id. */
export interface HoldItems {
  conversationIds: readonly string[];
  leadIds: readonly string[];
}

/**
 * Places a hold: named items of a person are kept, whatever is asked to erase or purge them, until its end.
 *
 * @param basis - the legal basis, in words; it stands in receipts.
 * @returns the hold's id; the same idempotency key gives the same hold.
 * @throws AppError `input-invalid` without items, for an end in the past, or for an item that is not the person's;
 * `not-found`, `subject-erased`.
 * @see GDPR Art. 17(3)(b), 17(3)(e), 18(1)(c)
 */
export async function placeHold(
  deps: Deps,
  actor: Actor,
  subject: { tenantId: string; subjectId: string },
  hold: HoldItems & { basis: string; endsAt: Date },
  idempotencyKey: string,
): Promise<string> {
  const { tenantId, subjectId } = subject;
  const createdAt = deps.clock.now();
  if (hold.endsAt <= createdAt) throw new AppError("input-invalid", "a hold ends in the future");
  const refs = [
    ...hold.conversationIds.map((conversationId) =>
      documentRef(deps.stores, "conversations", { tenantId, conversationId }),
    ),
    ...hold.leadIds.map((leadId) => documentRef(deps.stores, "leads", { tenantId, leadId })),
  ];
  if (refs.length === 0) throw new AppError("input-invalid", "a hold names what it keeps");
  for (const ref of refs) {
    if ((await ref.get()).get("subjectId") !== subjectId)
      throw new AppError("input-invalid", `${ref.id} is not an item of subject ${subjectId}`);
  }
  const holdId = await idempotentId(deps, tenantId, "hold", subjectId, idempotencyKey);
  const ref = documentRef(deps.stores, "holds", { tenantId, holdId });
  if ((await ref.get()).exists) return holdId;
  const items = refs.map(({ path }) => path);
  await actOnSubject(
    deps,
    {
      action: "hold-placed",
      actor,
      ...subject,
      reason: hold.basis,
      metadata: { holdId, items: items.length, endsAt: hold.endsAt.toISOString() },
    },
    (tx) => {
      const { basis, endsAt } = hold;
      const reminders = freshReminders("hold", endsAt, createdAt);
      tx.set(ref, { subjectId, state: "active", items, basis, endsAt, createdAt, ...reminders });
      return true;
    },
  );
  return holdId;
}

/**
 * Lifts a hold before its end; what it kept follows its usual rules from then on.
 *
 * @throws AppError `not-found`.
 */
export async function liftHold(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  holdId: string,
  reason: string,
): Promise<void> {
  const ref = documentRef(deps.stores, "holds", { tenantId, holdId });
  const audit = await contextOf(deps, tenantId, (await ref.get()).get("subjectId"));
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await tx.get(ref);
    if (!stored.exists) throw new AppError("not-found", `no hold ${holdId}`);
    if (stored.get("state") !== "active") return;
    const liftedAt = deps.clock.now();
    tx.update(ref, { state: "lifted", liftedAt, overAt: liftedAt, nextReminderAt: null });
    appendEntry(tx, audit, {
      action: "hold-lifted",
      actor,
      targets: [{ kind: "hold", id: holdId }],
      ...namedIn(audit),
      reason,
      outcome: "success",
    });
  });
}

/**
 * Moves the end of a hold further away. A hold is never shortened: it is lifted.
 *
 * @throws AppError `not-found`; `input-invalid` for an end that is not later, or a hold that is over.
 */
export async function extendHold(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  holdId: string,
  extension: { endsAt: Date; reason: string },
): Promise<void> {
  const { endsAt, reason } = extension;
  const ref = documentRef(deps.stores, "holds", { tenantId, holdId });
  const audit = await contextOf(deps, tenantId, (await ref.get()).get("subjectId"));
  const now = deps.clock.now();
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await tx.get(ref);
    if (!stored.exists) throw new AppError("not-found", `no hold ${holdId}`);
    const before = (stored.get("endsAt") as { toDate(): Date }).toDate();
    // Once it has lapsed, what it kept may be purged: it cannot be taken up again.
    const lapsed = isLapsed({ endsAt: before, reminders: remindersFrom(stored.get("reminders")) }, now);
    if (stored.get("state") !== "active" || lapsed) throw new AppError("input-invalid", `hold ${holdId} is over`);
    if (endsAt.getTime() === before.getTime()) return;
    if (endsAt < before || endsAt <= now) throw new AppError("input-invalid", "a hold is extended to a later end");
    tx.update(ref, { endsAt, ...freshReminders("hold", endsAt, now) });
    appendEntry(tx, audit, {
      action: "hold-extended",
      actor,
      targets: [{ kind: "hold", id: holdId }],
      ...namedIn(audit),
      reason,
      outcome: "success",
      metadata: { before: before.toISOString(), endsAt: endsAt.toISOString() },
    });
  });
}

/** The context of the held person; of nobody once that person is erased and only held items are left. */
async function contextOf(deps: Deps, tenantId: string, subjectId: unknown): Promise<AuditContext> {
  if (typeof subjectId !== "string") return auditContext(deps, tenantId);
  return auditContext(deps, tenantId, subjectId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased") return auditContext(deps, tenantId);
    throw error;
  });
}

function namedIn({ person }: AuditContext): Pick<AuditEvent, "personalTargets"> {
  return person === undefined ? {} : { personalTargets: [{ kind: "subject", id: person.subjectId }] };
}

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
}

/** A thing that a hold keeps. */
export interface HeldItem {
  kind: "conversation" | "lead";
  id: string;
}

/**
 * Holds, soonest end first, at most 200.
 *
 * @param subjectId - only those of this person; undefined for all of the tenant.
 */
export async function listHolds(deps: Deps, tenantId: string, subjectId: string | undefined): Promise<HoldSummary[]> {
  const now = deps.clock.now();
  const all = collectionRef(deps.stores, "holds", { tenantId });
  // One person's are few, and so are put in order here: no index is needed for them.
  const query = subjectId === undefined ? all.orderBy("endsAt") : all.where("subjectId", "==", subjectId);
  const { docs } = await query.limit(200).get();
  const holds = docs.map((snapshot): HoldSummary => {
    const data = snapshot.data() as {
      subjectId: string;
      items: string[];
      basis: string;
      createdAt: { toDate(): Date };
      endsAt: { toDate(): Date };
      state: "active" | "lifted";
    };
    const endsAt = data.endsAt.toDate();
    return {
      holdId: snapshot.id,
      subjectId: data.subjectId,
      items: data.items.map(heldItemOf),
      basis: data.basis,
      createdAt: data.createdAt.toDate(),
      endsAt,
      state: data.state === "active" && endsAt <= now ? "ended" : data.state,
    };
  });
  return holds.sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime());
}

/** An item from its path: `.../conversations/<id>` or `.../leads/<id>`. */
function heldItemOf(path: string): HeldItem {
  const [collection, id] = path.split("/").slice(-2);
  return { kind: collection === "leads" ? "lead" : "conversation", id: id ?? "" };
}
