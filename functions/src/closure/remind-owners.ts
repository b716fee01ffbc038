import { listOwners } from "../identity/list-owners.ts";
import { closureReminderLetter } from "../mail/letters.ts";
import type { Deps } from "../platform/deps.ts";
import { changeTenantRecord, findTenantRecord } from "../tenants/tenant-record.ts";
import { type ClosureRequest, dueReminder, type Reminder } from "./closure.ts";

/** After so long a claim without a letter is somebody's who died. */
const claimMs = 15 * 60_000;

/**
 * Sends each owner the reminder that is due, once: the nearest of 30, 7 and 1 days, however late the sweep. A letter is
 * claimed before it is sent, so that two sweeps send one; who dies between the two leaves it to a later sweep.
 *
 * @returns how many letters were sent.
 */
export async function remindOwners(deps: Deps, tenantId: string, now: Date): Promise<number> {
  let sent = 0;
  for (const { uid, email } of await listOwners(deps, tenantId)) {
    const claimed = await claim(deps, tenantId, uid, now);
    if (claimed === undefined) continue;
    const { closure, days, name } = claimed;
    const letter = closureReminderLetter({ tenantId, ...closure }, days, `${deps.config.APP_ORIGIN}/settings`);
    await deps.mail.send({ to: email, ...letter });
    await note(deps, tenantId, closure.id, name, { claimedAt: now, sentAt: deps.clock.now() });
    sent += 1;
  }
  return sent;
}

/** Claims an owner's letter, or undefined when none is due or somebody else has it. */
async function claim(
  deps: Deps,
  tenantId: string,
  uid: string,
  now: Date,
): Promise<{ closure: ClosureRequest; days: number; name: string } | undefined> {
  return deps.stores.data.runTransaction(async (tx) => {
    const closure = (await findTenantRecord(deps.stores, tenantId, tx))?.closure;
    if (closure === undefined || closure.startedAt !== undefined) return undefined;
    const days = dueReminder(closure.closesAt, now);
    if (days === undefined) return undefined;
    const name = `${days}-${uid}`;
    const earlier = closure.reminders[name];
    const isFree = earlier === undefined || (!earlier.sentAt && earlier.claimedAt.getTime() + claimMs <= now.getTime());
    if (!isFree) return undefined;
    const reminders = { ...closure.reminders, [name]: { claimedAt: now } };
    changeTenantRecord(tx, deps.stores, tenantId, { closure: { ...closure, reminders } });
    return { closure, days, name };
  });
}

/** Notes a letter as sent, unless the request was cancelled meanwhile. */
async function note(deps: Deps, tenantId: string, id: string, name: string, reminder: Reminder): Promise<void> {
  await deps.stores.data.runTransaction(async (tx) => {
    const closure = (await findTenantRecord(deps.stores, tenantId, tx))?.closure;
    if (closure?.id !== id) return;
    const reminders = { ...closure.reminders, [name]: reminder };
    changeTenantRecord(tx, deps.stores, tenantId, { closure: { ...closure, reminders } });
  });
}
