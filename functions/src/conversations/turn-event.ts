import { AppError, codeOf, type ErrorCode } from "../platform/errors.ts";
import type { Answer } from "./answer.ts";
import type { Citation } from "./conversation.ts";

/** What a visitor is told while a question is answered. `done` or `problem` is the last. */
export type TurnEvent =
  | { event: "turn"; turnId: string }
  | { event: "delta"; text: string }
  | { event: "citations"; citations: readonly Citation[] }
  | { event: "done"; answer: Answer }
  | { event: "problem"; code: ErrorCode | "bug"; message: string; retry: boolean };

const messages: Partial<Record<ErrorCode, string>> = {
  "subject-erased": "This conversation has been deleted.",
  "subject-frozen": "This conversation is paused, because the use of its data was restricted.",
  "turn-in-progress": "Your question is still being answered.",
  "model-declined": "I can't answer this question. You can ask it in other words, or ask for a person.",
  "answer-too-long": "The answer grows longer than I may write. Please ask for a part of it.",
  "tenant-closed": "This chat is closed.",
  "account-closing":
    "This chat takes no more questions. What you wrote and what you agreed to is still here, and you may ask for your data.",
};
const unavailable = "I can't answer at the moment. Your question is kept; please try again in a minute.";

/** A failure in polite words; `retry` says that the same call, with the same key, may be answered. */
export function problemEvent(error: unknown): Extract<TurnEvent, { event: "problem" }> {
  if (error instanceof AppError) {
    return { event: "problem", code: error.code, message: messages[error.code] ?? unavailable, retry: error.retry };
  }
  return { event: "problem", code: codeOf(error), message: unavailable, retry: true };
}
