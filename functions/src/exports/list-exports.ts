import type { Deps } from "../platform/deps.ts";
import { readableExports } from "./readable-exports.ts";
import { type Export, listExports as pageOfExports } from "./store.ts";

/**
 * One page of a tenant's exports, newest first; those past their period are left out.
 *
 * @param cursor - `createdAt` of the last one seen, as the page before said, or undefined.
 */
export async function listExports(
  deps: Deps,
  tenantId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ exports: Export[]; nextCursor?: string }> {
  const before = page.cursor === undefined ? undefined : new Date(page.cursor);
  const onPage = await pageOfExports(deps.stores, tenantId, page.limit, before);
  const exports = await readableExports(deps, tenantId, onPage);
  const last = onPage.at(-1);
  return onPage.length < page.limit || last === undefined
    ? { exports }
    : { exports, nextCursor: last.createdAt.toISOString() };
}
