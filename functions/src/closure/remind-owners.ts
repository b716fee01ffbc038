import type { Transaction } from "@google-cloud/firestore";
import { listOwners } from "../identity/list-owners.ts";
import { withNote } from "../mail/letter-note.ts";
import { closureReminderLetter } from "../mail/letters.ts";
import { onEach } from "../mail/on-each.ts";
import { type LetterPlace, sendOnce } from "../mail/send-once.ts";
import type { Deps } from "../platform/deps.ts";
import { changeTenantRecord, findTenantRecord } from "../tenants/tenant-record.ts";
import { dueReminder } from "./closure.ts";

/**
 * Sends each owner the reminder that is due, once: the nearest of 30, 7 and 1 days, however late the sweep. An owner whose
 * address takes no mail keeps none of the others from being told.
 *
 * @returns how many letters were sent.
 * @throws AppError `store-unavailable` when some owners could not be told yet.
 */
export async function remindOwners(deps: Deps, tenantId: string, now: Date): Promise<number> {
  const closure = (await findTenantRecord(deps.stores, tenantId))?.closure;
  if (closure === undefined || closure.startedAt !== undefined) return 0;
  const days = dueReminder(closure.closesAt, now);
  if (days === undefined) return 0;
  const letter = closureReminderLetter({ tenantId, ...closure }, days, `${deps.config.APP_ORIGIN}/settings`);
  const outcomes = await onEach(await listOwners(deps, tenantId), ({ uid, email }) =>
    sendOnce(deps, { to: email, ...letter }, (tx) => placeIn(tx, deps, tenantId, closure.id, `${days}-${uid}`)),
  );
  return outcomes.filter((outcome) => outcome === "sent").length;
}

/** A reminder's place in the request, unless that was cancelled or has begun meanwhile. */
async function placeIn(
  tx: Transaction,
  deps: Deps,
  tenantId: string,
  requestId: string,
  name: string,
): Promise<LetterPlace | undefined> {
  const closure = (await findTenantRecord(deps.stores, tenantId, tx))?.closure;
  if (closure?.id !== requestId || closure.startedAt !== undefined) return undefined;
  return {
    note: closure.reminders[name],
    save(note) {
      const reminders = withNote(closure.reminders, name, note);
      changeTenantRecord(tx, deps.stores, tenantId, { closure: { ...closure, reminders } });
    },
  };
}
