import type { Transaction } from "@google-cloud/firestore";
import { listPrivacyStaff } from "../identity/list-privacy-staff.ts";
import { type AuditContext, appendEntry, auditContext } from "../ledger/append-entry.ts";
import { isSettled, withNote } from "../mail/letter-note.ts";
import { deadlineLetter } from "../mail/letters.ts";
import { onEach } from "../mail/on-each.ts";
import { type LetterPlace, sendOnce } from "../mail/send-once.ts";
import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import { type DeadlineKind, dueReminder, lapsesAt, nextReminder } from "./deadline.ts";
import { type Deadline, findDeadlineIn, pageOfDueDeadlines, saveReminders } from "./store.ts";

const pageSize = 200;

/**
 * Reminds the staff who handle privacy: 14 and 3 days before a hold ends and when it has, 7 and 2 days before a data
 * subject's request must be answered and when it should have been. Called every hour; each reminder goes once to each of
 * them, the nearest one however late, and what was settled meanwhile is passed over. An address that takes no mail holds
 * nothing up.
 *
 * @throws AggregateError when some could not be sent; they stay due, and the others are sent, however many fail.
 * @see GDPR Art. 12(3), 17(3)
 */
export async function sweepDeadlines(deps: Deps): Promise<void> {
  const now = deps.clock.now();
  const failures: unknown[] = [];
  let sent = 0;
  for (const kind of ["hold", "request"] as const satisfies readonly DeadlineKind[]) {
    let after: Deadline | undefined;
    do {
      const page = await pageOfDueDeadlines(deps.stores, kind, now, pageSize, after);
      for (const deadline of page) {
        try {
          sent += await remind(deps, deadline, now);
        } catch (error) {
          failures.push(error);
        }
      }
      after = page.at(-1);
    } while (after !== undefined);
  }
  if (sent > 0) log.info("sent reminders of deadlines", { count: sent });
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} reminders could not be sent`);
}

/** @returns how many letters this call sent. */
async function remind(deps: Deps, deadline: Deadline, now: Date): Promise<number> {
  const { kind, tenantId, endsAt, items } = deadline;
  const days = dueReminder(kind, endsAt, now);
  if (deadline.isSettled || days === undefined) {
    await advance(deps, deadline, days, now, undefined);
    return 0;
  }
  const staff = await listPrivacyStaff(deps, tenantId);
  const address = `${deps.config.APP_ORIGIN}/${kind === "hold" ? "holds" : "people"}`;
  const letter = deadlineLetter(
    kind,
    { id: deadline.id, days, endsAt, ...(items === undefined ? {} : { items }) },
    address,
  );
  const outcomes = await onEach(staff, ({ uid, email }) =>
    sendOnce(deps, { to: email, ...letter }, (tx) => placeIn(tx, deps, deadline, `${days}-${uid}`)),
  );
  await advance(deps, deadline, days, now, staff.length === 0 ? undefined : await auditContext(deps, tenantId));
  return outcomes.filter((outcome) => outcome === "sent").length;
}

/** A reminder's place in its record, unless nothing is to be done any more or the deadline was moved. */
async function placeIn(
  tx: Transaction,
  deps: Deps,
  deadline: Deadline,
  name: string,
): Promise<LetterPlace | undefined> {
  const stored = await findDeadlineIn(tx, deps.stores, deadline);
  if (stored === undefined || stored.isSettled || stored.endsAt.getTime() !== deadline.endsAt.getTime())
    return undefined;
  return {
    note: stored.reminders[name],
    save: (note) => saveReminders(tx, deps.stores, deadline, { reminders: withNote(stored.reminders, name, note) }),
  };
}

/** Moves a record to its next reminder once every letter of this one is settled, with an entry that says to how many. */
async function advance(
  deps: Deps,
  deadline: Deadline,
  days: number | undefined,
  now: Date,
  audit: AuditContext | undefined,
): Promise<void> {
  const { kind, id } = deadline;
  await deps.stores.data.runTransaction(async (tx) => {
    const stored = await findDeadlineIn(tx, deps.stores, deadline);
    if (stored === undefined || stored.nextReminderAt?.getTime() !== deadline.nextReminderAt?.getTime()) return;
    const own = Object.entries(stored.reminders).flatMap(([name, note]) => (name.startsWith(`${days}-`) ? [note] : []));
    // Another sweep's letter that is under way: it moves the record on, or the next hour does.
    if (!own.every(isSettled)) return;
    const nextReminderAt = stored.isSettled ? null : nextReminder(kind, stored.endsAt, now);
    const lapse = kind === "hold" ? lapsesAt(stored.reminders) : undefined;
    saveReminders(tx, deps.stores, deadline, { nextReminderAt, ...(lapse === undefined ? {} : { overAt: lapse }) });
    if (audit === undefined || own.length === 0 || days === undefined || stored.isSettled) return;
    const recipients = own.filter(({ sentAt }) => sentAt !== undefined).length;
    appendEntry(tx, audit, {
      action: "deadline-reminded",
      actor: { kind: "system", id: "deadline-sweep" },
      // A request's id leads to its person; a hold's is named by the acts on it too.
      ...(kind === "hold" ? { targets: [{ kind: "hold", id }] } : {}),
      outcome: "success",
      metadata: { kind, days, recipients, undeliverable: own.length - recipients },
    });
  });
}
