import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { untilAborted, whenAborted } from "../platform/until-aborted.ts";
import type { Model, ModelPiece, ModelRequest } from "./model.ts";
import { embeddingDimensions, type VertexClient } from "./vertex-client.ts";

/**
 * Opens Vertex AI in the project and location of the configuration. The client library is loaded by the first call.
 *
 * `MODEL_CLIENT` chooses the library; `VERTEX_ENDPOINT` names a stand-in, which any token opens.
 */
export function vertexModel(config: Config): Model {
  let opening: Promise<VertexClient> | undefined;
  const client = () => (opening ??= open(config));
  return {
    name: config.MODEL_NAME,
    stream: (request) => guardedStream(client(), request),
    async embed(texts, task, signal) {
      if (texts.length === 0) return [];
      const vectors = await untilAborted(embedWith(client(), texts, task, signal), signal).catch((error: unknown) => {
        throw unavailable("embedding failed", error);
      });
      if (vectors.length !== texts.length || vectors.some((vector) => vector.length !== embeddingDimensions)) {
        throw unavailable(`expected ${texts.length} embeddings of ${embeddingDimensions} numbers`);
      }
      return vectors.map(unitLength);
    },
  };
}

/** Loads the library that the configuration names; the other one is never read. */
async function open(config: Config): Promise<VertexClient> {
  if (config.MODEL_CLIENT === "vertexai") return (await import("./vertex-vertexai.ts")).vertexaiClient(config);
  return (await import("./vertex-genai.ts")).genaiClient(config);
}

async function embedWith(
  opening: Promise<VertexClient>,
  ...call: Parameters<VertexClient["embed"]>
): Promise<number[][]> {
  return (await opening).embed(...call);
}

function unavailable(message: string, cause?: unknown): AppError {
  return new AppError("model-unavailable", message, { cause });
}

/** The client's stream, ended by the caller's signal whatever the library does with it. */
async function* guardedStream(opening: Promise<VertexClient>, request: ModelRequest): AsyncIterable<ModelPiece> {
  const aborted = whenAborted(request.signal);
  let finished = false;
  let pieces: AsyncIterator<ModelPiece> | undefined;
  try {
    pieces = (await opening).stream(request)[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([pieces.next(), aborted.promise]);
      if (next.done === true) break;
      if (next.value.finishReason !== undefined) finished = true;
      yield next.value;
    }
  } catch (error) {
    throw unavailable("answer could not be streamed", error);
  } finally {
    aborted.forget();
    // The library may hang in its own read: its end is not waited for, and what it throws then concerns nobody.
    void Promise.resolve(pieces?.return?.()).catch(() => undefined);
  }
  // A connection that closes in mid-answer looks like an end, but the model says why it stops.
  if (!finished) throw unavailable("answer was cut off");
}

function unitLength(vector: readonly number[]): number[] {
  const length = Math.hypot(...vector);
  return length === 0 ? [...vector] : vector.map((value) => value / length);
}
