import { createHash } from "node:crypto";
import { AppError } from "../../functions/src/platform/errors.ts";
import type { Model, ModelPiece, ModelRequest } from "../../functions/src/ports/model.ts";

/** Vertex AI in memory: says what a test tells it to, and embeds by words, so that texts that share words are near. */
export interface FakeModel extends Model {
  /** Every request to stream, in order. */
  readonly requests: readonly ModelRequest[];
  /** What it says to every further question: pieces in order, or a function of the request. */
  say(answer: readonly string[] | ((request: ModelRequest) => readonly string[])): void;
  /** The next call fails with `model-unavailable`; a stream fails after `afterPieces` pieces. */
  failNext(afterPieces?: number): void;
  /** The next answer ends for this reason, after the pieces that it is told to say. */
  stopNext(finishReason: string): void;
}

const dimensions = 768;

/** Bag of words: each word adds one to a dimension given by its hash; unit length. */
function embedText(text: string): number[] {
  const vector = new Array<number>(dimensions).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ["-"]) {
    const at = createHash("sha256").update(word).digest().readUInt32BE(0) % dimensions;
    vector[at] = (vector[at] ?? 0) + 1;
  }
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}

export function fakeModel(): FakeModel {
  const requests: ModelRequest[] = [];
  const faults: number[] = [];
  const stops: string[] = [];
  let answerOf: (request: ModelRequest) => readonly string[] = () => ["I ", "do not know."];
  const unavailable = () => new AppError("model-unavailable", "model fake-model could not be reached");
  return {
    name: "fake-model",
    requests,
    say(answer) {
      answerOf = typeof answer === "function" ? answer : () => answer;
    },
    stopNext: (finishReason) => void stops.push(finishReason),
    failNext: (afterPieces = 0) => void faults.push(afterPieces),
    async *stream(request): AsyncIterable<ModelPiece> {
      requests.push(request);
      const failAfter = faults.shift() ?? Number.POSITIVE_INFINITY;
      const pieces = answerOf(request);
      for (const [index, text] of pieces.entries()) {
        if (index >= failAfter || request.signal.aborted) throw unavailable();
        yield { text };
      }
      if (failAfter !== Number.POSITIVE_INFINITY || request.signal.aborted) throw unavailable();
      const promptTokens = request.messages.reduce(
        (sum, { text }) => sum + text.length,
        request.systemInstruction.length,
      );
      const answerTokens = pieces.join("").length;
      yield {
        text: "",
        finishReason: stops.shift() ?? "STOP",
        usage: { promptTokens: Math.ceil(promptTokens / 4), answerTokens: Math.ceil(answerTokens / 4) },
      };
    },
    async embed(texts, _task, signal) {
      if (faults.shift() !== undefined || signal.aborted) throw unavailable();
      return texts.map(embedText);
    },
  };
}
