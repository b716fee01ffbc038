import type { ModelPiece, ModelRequest } from "./model.ts";

/** Numbers in an embedding; the vector index is made for this many. */
export const embeddingDimensions = 768;

/** One of Google's two client libraries, as the port drives it; failures are the library's own. */
export interface VertexClient {
  stream(request: ModelRequest): AsyncIterable<ModelPiece>;
  embed(texts: readonly string[], task: "document" | "query", signal: AbortSignal): Promise<number[][]>;
}

/** What Vertex AI calls the two sides of retrieval. */
export const embeddingTasks = { document: "RETRIEVAL_DOCUMENT", query: "RETRIEVAL_QUERY" } as const;
