import type { Deps } from "../platform/deps.ts";
import { countSourced, hideDocument, listSourced, type Source } from "./store.ts";

/**
 * Takes what staff saved from a person's conversations out of retrieval until somebody has reviewed it, and unlinks it
 * from the person. Safe to repeat.
 *
 * @param source - a person, or one of a person's conversations.
 * @returns how many documents were hidden.
 */
export async function hideSourced(deps: Pick<Deps, "stores" | "clock">, source: Source): Promise<number> {
  let hidden = 0;
  for (;;) {
    const documents = await listSourced(deps.stores, source, 20);
    // The document first: once it waits for review no job of it writes or publishes a passage.
    for (const { id } of documents) {
      await hideDocument(deps.stores, { tenantId: source.tenantId, documentId: id }, deps.clock.now());
    }
    hidden += documents.length;
    if (documents.length < 20) return hidden;
  }
}

/** How many documents and passages still name the source. */
export function sourcedLeft(deps: Pick<Deps, "stores">, source: Source): Promise<number> {
  return countSourced(deps.stores, source);
}
