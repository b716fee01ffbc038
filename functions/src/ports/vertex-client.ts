import type { ModelPiece, ModelRequest } from "./model.ts";

/** Numbers in an embedding; the vector index is made for this many. */
export const embeddingDimensions = 768;

/** One of Google's two client libraries, as the port drives it; failures are the library's own. */
export interface VertexClient {
  stream(request: ModelRequest): AsyncIterable<ModelPiece>;
  embed(texts: readonly string[], task: "document" | "query", signal: AbortSignal): Promise<number[][]>;
}

/**
 * How many tokens a model may think before it answers, which count against the answer's limit: none where that can be
 * switched off, else the fewest.
 *
 * @returns undefined for a model that does not think, or is told in another way.
 */
export function thinkingOf(model: string): { thinkingConfig: { thinkingBudget: number } } | undefined {
  if (model.startsWith("gemini-2.5-flash")) return { thinkingConfig: { thinkingBudget: 0 } };
  if (model.startsWith("gemini-2.5-pro")) return { thinkingConfig: { thinkingBudget: 128 } };
  return undefined;
}

/** What Vertex AI calls the two sides of retrieval. */
export const embeddingTasks = { document: "RETRIEVAL_DOCUMENT", query: "RETRIEVAL_QUERY" } as const;
