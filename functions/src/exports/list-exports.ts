import type { Deps } from "../platform/deps.ts";
import { type Export, listExports as pageOfExports } from "./store.ts";

/**
 * One page of a tenant's exports, newest first.
 *
 * @param cursor - `createdAt` of the last one seen, as the page before said, or undefined.
 */
export async function listExports(
  deps: Deps,
  tenantId: string,
  page: { cursor?: string | undefined; limit: number },
): Promise<{ exports: Export[]; nextCursor?: string }> {
  const before = page.cursor === undefined ? undefined : new Date(page.cursor);
  const exports = await pageOfExports(deps.stores, tenantId, page.limit, before);
  const last = exports.at(-1);
  return exports.length < page.limit || last === undefined
    ? { exports }
    : { exports, nextCursor: last.createdAt.toISOString() };
}
