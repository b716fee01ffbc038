import type { ChannelSettings } from "../agents/channel-settings.ts";
import type { Passage } from "../knowledge/document.ts";
import { embedQuestion } from "../knowledge/embed-question.ts";
import { findPassages } from "../knowledge/find-passages.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { withinTime } from "../platform/within-time.ts";
import type { ModelUsage } from "../ports/model.ts";
import { AnswerText } from "./answer-text.ts";
import type { Citation } from "./conversation.ts";
import type { TurnResult } from "./finish-turn.ts";
import { messagesOf, systemInstruction } from "./prompt.ts";
import type { Exchange } from "./window.ts";

const maxAnswerTokens = 800;
const retrievalLimitMs = 10_000;
const unknown = "I don't know: our help pages don't hold the answer to that.";

/**
 * Answers a question from the tenant's documents, piece by piece. Where nothing relevant is found no model is asked. What
 * the model says without naming a passage that it was given is no answer from the documents, and a person is offered.
 *
 * @param exchanges - earlier questions and answers of the chat, oldest first.
 * @param signal - ends embedding and model.
 * @returns after the pieces: what it came to. Its answer is what the pieces make, but for an answer that rests
 * on no passage in the end.
 * @throws AppError `model-unavailable` when the model fails or the signal ends it, `model-declined` and `answer-too-long`
 * when the model stops before its answer is whole, `store-unavailable`.
 */
export async function* answerQuestion(
  deps: Deps,
  settings: ChannelSettings,
  exchanges: readonly Exchange[],
  question: string,
  signal: AbortSignal,
): AsyncGenerator<string, TurnResult> {
  const vector = await embedQuestion(deps, question, exchanges.at(-1)?.question, signal);
  const passages = await withinTime(retrievalLimitMs, "retrieval", findPassages(deps, settings.tenant.id, vector));
  if (passages.length === 0) {
    const answer = unknownAnswer(settings);
    yield answer;
    return declined(answer, "none", undefined);
  }
  const text = new AnswerText();
  let usage: ModelUsage | undefined;
  let stoppedFor: string | undefined;
  const request = {
    systemInstruction: systemInstruction(settings, passages),
    messages: messagesOf(exchanges, question),
    maxOutputTokens: maxAnswerTokens,
    temperature: 0.2,
    signal,
  };
  for await (const piece of deps.model.stream(request)) {
    usage = piece.usage ?? usage;
    stoppedFor = piece.finishReason ?? stoppedFor;
    const visible = text.push(piece.text);
    if (visible !== "") yield visible;
  }
  assertWhole(stoppedFor);
  const last = text.end();
  const cited = text.cited.flatMap((number) => passages[number - 1] ?? []);
  if (text.text === "" || cited.length === 0) {
    const answer = unknownAnswer(settings);
    if (text.text === "") yield answer;
    return declined(answer, deps.model.name, usage);
  }
  if (last !== "") yield last;
  return {
    answer: text.text,
    outcome: "answered",
    handoff: false,
    citations: citationsOf(cited),
    citedChunkIds: cited.map(({ id }) => id),
    model: deps.model.name,
    promptTokens: usage?.promptTokens ?? 0,
    answerTokens: usage?.answerTokens ?? 0,
  };
}

/** Half an answer may say the opposite of the whole one: it is a failure, whatever was streamed of it. */
function assertWhole(finishReason: string | undefined): void {
  if (finishReason === "STOP") return;
  if (finishReason === "MAX_TOKENS") {
    throw new AppError("answer-too-long", `the answer has more than ${maxAnswerTokens} tokens`);
  }
  throw new AppError("model-declined", `the model stopped for ${finishReason ?? "no reason that it gave"}`);
}

function unknownAnswer({ agent }: ChannelSettings): string {
  return `${unknown} ${agent.handoffText}`;
}

function declined(answer: string, model: string, usage: ModelUsage | undefined): TurnResult {
  return {
    answer,
    outcome: "no-answer",
    handoff: true,
    citations: [],
    citedChunkIds: [],
    model,
    promptTokens: usage?.promptTokens ?? 0,
    answerTokens: usage?.answerTokens ?? 0,
  };
}

/** One citation a section, in the order of mention. */
function citationsOf(passages: readonly Passage[]): Citation[] {
  const sections = new Map(passages.map((passage) => [`${passage.documentId}/${passage.heading}`, passage]));
  return [...sections.values()].map(({ title, heading, documentId }, index) => ({
    n: index + 1,
    title,
    heading,
    documentId,
  }));
}
