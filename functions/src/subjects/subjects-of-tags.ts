import type { Stores } from "../inventory/collections.ts";
import { findSubjectsByTags } from "./store.ts";

/**
 * The persons to whom tags of audit entries lead.
 *
 * @param tags - from `subjectTag`, each once.
 * @returns subject ids by tag; an erased person is not among them.
 */
export function subjectsOfTags(
  stores: Stores,
  tenantId: string,
  tags: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  return findSubjectsByTags(stores, tenantId, tags);
}
