import { listPrivacyStaff } from "../identity/list-privacy-staff.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { deadlineLetter } from "../mail/letters.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { type DeadlineKind, dueReminder, nextReminder } from "./deadline.ts";
import { type Deadline, findDeadlineIn, listDueDeadlines, saveReminders } from "./store.ts";

const pageSize = 200;
/** After so long a claim without a letter is somebody's who died. */
const claimMs = 15 * 60_000;

/**
 * Reminds the staff who handle privacy: 14 and 3 days before a hold ends and when it has, 7 and 2 days before a data
 * subject's request must be answered and when it should have been. Called every hour; each reminder goes once to each of
 * them, the nearest one however late, and what was settled meanwhile is passed over.
 *
 * @throws AggregateError when some could not be sent; they stay due, and the others are sent.
 * @see GDPR Art. 12(3), 17(3)
 */
export async function sweepDeadlines(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const failures: unknown[] = [];
  let sent = 0;
  for (const kind of ["hold", "request"] as const satisfies readonly DeadlineKind[]) {
    for (const deadline of await listDueDeadlines(deps.stores, kind, now, pageSize)) {
      try {
        sent += await remind(deps, deadline, now);
      } catch (error) {
        failures.push(error);
      }
    }
  }
  if (sent > 0) log.info("sent reminders of deadlines", { count: sent });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} reminders could not be sent`);
}

/** @returns how many letters this call sent. */
async function remind(deps: Deps, deadline: Deadline, now: Date): Promise<number> {
  const { kind, tenantId, endsAt, items } = deadline;
  const days = dueReminder(kind, endsAt, now);
  if (deadline.isSettled || days === undefined) {
    await advance(deps, deadline, days, 0, now);
    return 0;
  }
  const staff = await listPrivacyStaff(deps, tenantId);
  const address = `${deps.config.APP_ORIGIN}/${kind === "hold" ? "holds" : "people"}`;
  const letter = deadlineLetter(
    kind,
    { id: deadline.id, days, endsAt, ...(items === undefined ? {} : { items }) },
    address,
  );
  let sent = 0;
  for (const { uid, email } of staff) {
    const name = `${days}-${uid}`;
    if (!(await claim(deps, deadline, name, now))) continue;
    await deps.mail.send({ to: email, ...letter });
    await noteSent(deps, deadline, name, now);
    sent += 1;
  }
  await advance(deps, deadline, days, staff.length, now);
  return sent;
}

/** Claims one letter; false when it was sent, is somebody's at this moment, or is not due any more. */
function claim(deps: Deps, deadline: Deadline, name: string, now: Date): Promise<boolean> {
  return deps.stores.data.runTransaction(async (tx) => {
    const stored = await findDeadlineIn(tx, deps.stores, deadline);
    if (stored === undefined || stored.isSettled || stored.endsAt.getTime() !== deadline.endsAt.getTime()) return false;
    const earlier = stored.reminders[name];
    const isFree = earlier === undefined || (!earlier.sentAt && earlier.claimedAt.getTime() + claimMs <= now.getTime());
    if (!isFree) return false;
    saveReminders(tx, deps.stores, deadline, { reminders: { ...stored.reminders, [name]: { claimedAt: now } } });
    return true;
  });
}

function noteSent(deps: Deps, deadline: Deadline, name: string, now: Date): Promise<void> {
  return deps.stores.data.runTransaction(async (tx) => {
    const stored = await findDeadlineIn(tx, deps.stores, deadline);
    if (stored?.reminders[name] === undefined) return;
    const reminders = { ...stored.reminders, [name]: { claimedAt: now, sentAt: deps.clock.now() } };
    saveReminders(tx, deps.stores, deadline, { reminders });
  });
}

/** Moves a record to its next reminder once every letter of this one was sent, with an entry that says so. */
async function advance(
  deps: Deps,
  deadline: Deadline,
  days: number | undefined,
  recipients: number,
  now: Date,
): Promise<void> {
  const { kind, id, tenantId } = deadline;
  const audit = recipients === 0 ? undefined : await auditContext(deps, tenantId);
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await findDeadlineIn(tx, deps.stores, deadline);
    if (stored === undefined || stored.nextReminderAt?.getTime() !== deadline.nextReminderAt?.getTime()) return;
    const own = Object.entries(stored.reminders).filter(([name]) => name.startsWith(`${days}-`));
    // Another sweep's letter that is under way: it moves the record on, or the next hour does.
    if (own.some(([, { sentAt }]) => sentAt === undefined)) return;
    const nextReminderAt = stored.isSettled ? null : nextReminder(kind, stored.endsAt, now);
    saveReminders(tx, deps.stores, deadline, { nextReminderAt });
    if (audit === undefined || days === undefined || stored.isSettled) return;
    appendEntry(tx, audit, {
      action: "deadline-reminded",
      actor: { kind: "system", id: "deadline-sweep" },
      // A request's id leads to its person; a hold's is named by the acts on it too.
      ...(kind === "hold" ? { targets: [{ kind: "hold", id }] } : {}),
      outcome: "success",
      metadata: { kind, days, recipients },
    });
  });
}
