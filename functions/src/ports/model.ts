/** One message of a conversation as the model sees it. */
export interface ModelMessage {
  role: "user" | "model";
  text: string;
}

export interface ModelRequest {
  /** What the agent is, what it may say, and the passages it may use. */
  systemInstruction: string;
  /** Oldest first; the last one is the question. */
  messages: readonly ModelMessage[];
  maxOutputTokens: number;
  temperature: number;
  /** Ends the call: the stream then throws AppError `model-unavailable`. */
  signal: AbortSignal;
}

export interface ModelUsage {
  promptTokens: number;
  /** What was written, and what the model thought before it. */
  answerTokens: number;
}

/** A piece of an answer; the last one carries the usage and why the model stopped. */
export interface ModelPiece {
  text: string;
  usage?: ModelUsage;
  /** `STOP` when the answer is whole; anything else names what ended it before, such as `MAX_TOKENS` or `SAFETY`. */
  finishReason?: string;
}

/**
 * Vertex AI as Lethe uses it. Every method throws AppError `model-unavailable` when the service
 * is down, refuses, or takes longer than the caller's signal allows.
 */
export interface Model {
  /** The model's name, as it goes into the AI session. */
  readonly name: string;
  /** Streams an answer piece by piece. */
  stream(request: ModelRequest): AsyncIterable<ModelPiece>;
  /** Embeds texts, each at most 2,048 tokens; unit-length vectors of 768 numbers, in the order given. */
  embed(texts: readonly string[], task: "document" | "query", signal: AbortSignal): Promise<number[][]>;
}
