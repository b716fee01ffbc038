import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import type { Notice, Purpose } from "./notice.ts";
import { createNotice, listNoticeRecords, readNewestNotice } from "./store.ts";

/**
 * Publishes a privacy notice as the next version; visitors are shown it within a minute. Publishing the text in force
 * again returns it.
 *
 * @param content - parsed by the route; ids of purposes differ.
 * @see GDPR Art. 13
 */
export async function publishNotice(
  deps: Deps,
  staff: Staff,
  content: { text: string; purposes: readonly Purpose[] },
): Promise<Notice> {
  const { tenantId, actor } = staff;
  const audit = await auditContext(deps, tenantId);
  const createdAt = deps.clock.now();
  return deps.stores.data.runTransaction(async (tx) => {
    const newest = await readNewestNotice(tx, deps.stores, tenantId);
    if (newest !== undefined && isSame(newest, content)) return newest;
    const notice: Notice = { tenantId, version: (newest?.version ?? 0) + 1, ...content, createdAt };
    createNotice(tx, deps.stores, notice);
    const targets = [{ kind: "notice", id: String(notice.version) }];
    const metadata = { purposes: notice.purposes.map(({ id }) => id) };
    appendEntry(tx, audit, { action: "notice-published", actor, targets, outcome: "success", metadata });
    return notice;
  });
}

function isSame(notice: Notice, content: { text: string; purposes: readonly Purpose[] }): boolean {
  const key = (purposes: readonly Purpose[]) =>
    JSON.stringify(purposes.map(({ id, title, text }) => [id, title, text]));
  return notice.text === content.text && key(notice.purposes) === key(content.purposes);
}

/** The tenant's notices, newest first, at most 100. */
export function listNotices(deps: Deps, staff: Staff): Promise<Notice[]> {
  return listNoticeRecords(deps.stores, staff.tenantId);
}
