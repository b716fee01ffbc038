import type { Deps } from "../platform/deps.ts";
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
  return nearest.filter(({ distance }) => distance <= relevantDistance);
}
