import type { Deps } from "../platform/deps.ts";
import { stateOf } from "../subjects/assert-writable.ts";
import type { Passage } from "./document.ts";
import { nearestChunks } from "./store.ts";

/** Passages that the model is given at most. */
export const passagesPerQuestion = 4;

/**
 * Passages farther than this from the question share nothing with it; what is nearer, the model judges. Chosen above the
 * distances of the tuning questions of the demo tenants; an embedding model of Google's puts related texts far nearer.
 */
export const relevantDistance = 0.86;

/**
 * The passages of a tenant nearest to a question, nearest first; none where nothing is relevant.
 *
 * @param vector - the question's embedding, unit length.
 * @param limit - passages at most.
 */
export async function findPassages(
  deps: Pick<Deps, "stores">,
  tenantId: string,
  vector: readonly number[],
  limit: number = passagesPerQuestion,
): Promise<Passage[]> {
  const nearest = await nearestChunks(deps.stores, tenantId, vector, limit);
  const relevant = nearest.filter(({ distance }) => distance <= relevantDistance);
  const usable = await Promise.all(relevant.map((passage) => isUsable(deps, tenantId, passage)));
  return relevant.filter((_, position) => usable[position]);
}

/** What was saved from a conversation is used only while its person is active: a freeze takes it out at once. */
async function isUsable(
  deps: Pick<Deps, "stores">,
  tenantId: string,
  { sourceSubjectId: subjectId }: Passage,
): Promise<boolean> {
  return subjectId === undefined || (await stateOf(deps.stores, { tenantId, subjectId })) === "active";
}
