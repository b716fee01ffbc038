import { keyAt } from "../../crypto/keyring.ts";
import { openField } from "../../crypto/sealed-fields.ts";
import type { Staff } from "../../identity/caller.ts";
import type { CollectionName } from "../../inventory/inventory.ts";
import type { Stamp } from "../../inventory/stored.ts";
import { type PersonalCollection, pageOfRecords, type SubjectRecord } from "../../inventory/subject-records.ts";
import { appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { sealedByDek } from "../reseal-held.ts";
import { heldItemOf } from "./held-item.ts";
import { holdContext } from "./hold-context.ts";
import { findHold, type Hold } from "./store.ts";

/** A lead, or a chat's turns oldest first, as a hold keeps them of a person who is erased. */
export type OpenedHeldItem =
  | { kind: "lead"; createdAt: Date; texts: Readonly<Record<string, string>> }
  | { kind: "conversation"; turns: HeldTurn[]; more: boolean };

export interface HeldTurn {
  turnId: string;
  askedAt: Date;
  question: string;
  /** Absent for a question without an answer. */
  answer?: string;
}

const pageTurns = 50;

/**
 * Opens a held item of a person who is erased, under the key of its own, for whom the duty to keep it is met. What is held
 * of anybody else is read with its person.
 *
 * @param page.before - only turns asked before this time; the newest 50 of them.
 * @throws AppError `not-found` for a hold that is over, an item that it does not keep, or one of a person who is not
 * erased; `key-unavailable` when the look cannot be recorded.
 * @see GDPR Art. 17(3)(b), 17(3)(e)
 */
export async function readHeldItem(
  deps: Deps,
  { tenantId, actor }: Pick<Staff, "tenantId" | "actor">,
  holdId: string,
  itemId: string,
  page: { before?: Date | undefined } = {},
): Promise<OpenedHeldItem> {
  const hold = await findHold(deps.stores, { tenantId, holdId });
  const path = hold?.state === "active" ? hold.items.find((item) => heldItemOf(item).id === itemId) : undefined;
  const item = path === undefined ? undefined : await deps.stores.data.doc(path).get();
  if (hold === undefined || item?.get("evidenceId") === undefined)
    throw new AppError("not-found", `hold ${holdId} keeps no item ${itemId} of an erased person`);
  const { kind } = heldItemOf(item.ref.path);
  const { audit } = await holdContext(deps, { tenantId, holdId });
  await deps.stores.data.runTransaction(async (tx) => {
    await Promise.resolve();
    appendEntry(tx, audit, {
      action: "held-item-read",
      actor,
      personalTargets: [{ kind, id: itemId }],
      targets: [{ kind: "hold", id: holdId }],
      outcome: "success",
      metadata: { kind },
    });
  });
  if (kind === "conversation") return openTurns(deps, hold, itemId, page.before);
  const lead = { path: item.ref.path, data: item.data() ?? {} };
  return { kind, createdAt: timeOf(lead, "createdAt"), texts: await openTexts(deps, tenantId, "leads", lead) };
}

/** @param before - the newest turns before it; the newest of all when absent. */
async function openTurns(
  deps: Deps,
  { tenantId, subjectId }: Hold,
  conversationId: string,
  before: Date | undefined,
): Promise<OpenedHeldItem> {
  const turns: SubjectRecord[] = [];
  let after: string | undefined;
  do {
    const scope = { tenantId, subjectId, conversationId };
    const page = await pageOfRecords(deps.stores, entryOf("turns"), scope, { after, limit: 500 });
    turns.push(...page.records);
    after = page.after;
  } while (after !== undefined);
  const asked = turns
    .map((turn) => ({ turn, askedAt: timeOf(turn, "askedAt") }))
    .filter(({ askedAt }) => before === undefined || askedAt < before)
    .sort((a, b) => a.askedAt.getTime() - b.askedAt.getTime());
  const shown = asked.slice(-pageTurns);
  const opened: HeldTurn[] = [];
  for (const { turn, askedAt } of shown) {
    const { question = "", answer } = await openTexts(deps, tenantId, "turns", turn);
    const turnId = turn.path.split("/").at(-1) ?? "";
    opened.push({ turnId, askedAt, question, ...(answer === undefined ? {} : { answer }) });
  }
  return { kind: "conversation", turns: opened, more: asked.length > shown.length };
}

async function openTexts(
  deps: Deps,
  tenantId: string,
  collection: CollectionName,
  { path, data }: SubjectRecord,
): Promise<Record<string, string>> {
  const itemId = String(data.evidenceId);
  const key = await keyAt(deps, { collection: "evidence", tenantId, itemId });
  const texts = entryOf(collection).sealed.flatMap((field) => {
    const sealed = data[field];
    return sealed instanceof Uint8Array ? [[field, openField(key, path, field, sealed)] as const] : [];
  });
  return Object.fromEntries(texts);
}

function entryOf(collection: CollectionName): PersonalCollection {
  const entry = sealedByDek.find(({ name }) => name === collection);
  if (entry === undefined) throw new AppError("document-malformed", `${collection} is not sealed by a person's key`);
  return entry;
}

function timeOf({ data }: SubjectRecord, field: string): Date {
  return (data[field] as Stamp).toDate();
}
