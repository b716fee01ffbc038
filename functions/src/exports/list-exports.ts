import type { Staff } from "../identity/caller.ts";
import type { Deps } from "../platform/deps.ts";
import { mayHave } from "./may-have.ts";
import { readableExports } from "./readable-exports.ts";
import { type Export, listExports as pageOfExports } from "./store.ts";

/**
 * One page of a tenant's exports, newest first. A page may hold fewer than `limit`: those past their period are left out,
 * and whole accounts are shown only to those who may have them.
 *
 * @param cursor - `createdAt` of the last one seen, as the page before said, or undefined.
 */
export async function listExports(
  deps: Deps,
  staff: Staff,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ exports: Export[]; nextCursor?: string }> {
  const before = page.cursor === undefined ? undefined : new Date(page.cursor);
  const onPage = await pageOfExports(deps.stores, staff.tenantId, page.limit, before);
  const readable = await readableExports(deps, staff.tenantId, onPage);
  const exports = readable.filter(({ scope }) => mayHave(staff, scope));
  const last = onPage.at(-1);
  return onPage.length < page.limit || last === undefined
    ? { exports }
    : { exports, nextCursor: last.createdAt.toISOString() };
}
