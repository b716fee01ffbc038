import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { untilAborted } from "../platform/until-aborted.ts";
import type { Model, ModelPiece, ModelRequest } from "./model.ts";
import { genaiClient } from "./vertex-genai.ts";
import { vertexaiClient } from "./vertex-vertexai.ts";

/** Numbers in an embedding; the vector index is made for this many. */
export const embeddingDimensions = 768;

/** One of Google's two client libraries, as the port drives it; failures are the library's own. */
export interface VertexClient {
  stream(request: ModelRequest): AsyncIterable<ModelPiece>;
  embed(texts: readonly string[], task: "document" | "query", signal: AbortSignal): Promise<number[][]>;
}

/** What Vertex AI calls the two sides of retrieval. */
export const embeddingTasks = { document: "RETRIEVAL_DOCUMENT", query: "RETRIEVAL_QUERY" } as const;

/**
 * Opens Vertex AI in the project and location of the configuration. The client library is loaded by the first call.
 *
 * `MODEL_CLIENT` chooses the library; `VERTEX_ENDPOINT` names a stand-in, which any token opens.
 */
export function vertexModel(config: Config): Model {
  const client = config.MODEL_CLIENT === "vertexai" ? vertexaiClient(config) : genaiClient(config);
  return {
    name: config.MODEL_NAME,
    stream: (request) => guardedStream(client, request),
    async embed(texts, task, signal) {
      if (texts.length === 0) return [];
      const vectors = await untilAborted(client.embed(texts, task, signal), signal).catch((error: unknown) => {
        throw unavailable("embedding failed", error);
      });
      if (vectors.length !== texts.length || vectors.some((vector) => vector.length !== embeddingDimensions)) {
        throw unavailable(`expected ${texts.length} embeddings of ${embeddingDimensions} numbers`);
      }
      return vectors.map(unitLength);
    },
  };
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError("model-unavailable", message, { cause });
}

/** The client's stream, ended by the caller's signal whatever the library does with it. */
async function* guardedStream(client: VertexClient, request: ModelRequest): AsyncIterable<ModelPiece> {
  const pieces = client.stream(request)[Symbol.asyncIterator]();
  let finished = false;
  try {
    for (;;) {
      const next = await untilAborted(pieces.next(), request.signal);
      if (next.done === true) break;
      if (next.value.finishReason !== undefined) finished = true;
      yield next.value;
    }
  } catch (error) {
    throw unavailable("answer could not be streamed", error);
  } finally {
    // The library may hang in its own read: its end is not waited for, and what it throws then concerns nobody.
    void Promise.resolve(pieces.return?.()).catch(() => undefined);
  }
  // A connection that closes in mid-answer looks like an end, but the model says why it stops.
  if (!finished) throw unavailable("answer was cut off");
}

function unitLength(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}
