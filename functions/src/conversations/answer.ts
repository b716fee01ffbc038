import type { SealingKey } from "../crypto/envelope.ts";
import { openField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import { AppError } from "../platform/errors.ts";
import type { Citation, Turn } from "./conversation.ts";

/** An answer in words, as a visitor gets it. */
export interface Answer {
  turnId: string;
  answer: string;
  outcome: "answered" | "no-answer";
  /** Whether a person is offered. */
  handoff: boolean;
  citations: readonly Citation[];
  /** Name of the model, `none` where nothing relevant was found and none was asked. */
  model: string;
  answeredAt: Date;
}

/** Says to machines and people who wrote an answer. @see Regulation (EU) 2024/1689 (AI Act) Art. 50(2) */
export interface Provenance {
  generator: "ai";
  model: string;
  at: Date;
  notice: string;
  /** IPTC's term for what a trained model wrote. */
  digitalSourceType: string;
}

/** The provenance of an answer. */
export function provenanceOf(answer: Answer): Provenance {
  return {
    generator: "ai",
    model: answer.model,
    at: answer.answeredAt,
    notice: "This answer was written by an AI.",
    digitalSourceType: "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia",
  };
}

/**
 * Opens the answer of an answered turn.
 *
 * @throws AppError `document-malformed` for a turn that has none.
 */
export function openAnswer(dek: SealingKey, turn: Turn): Answer {
  const { id: turnId, tenantId, conversationId, answer, outcome, model, answeredAt } = turn;
  if (answer === undefined || outcome === undefined || model === undefined || answeredAt === undefined) {
    throw new AppError("document-malformed", `turn ${turnId} has no answer`);
  }
  const path = documentPath("turns", { tenantId, conversationId, turnId });
  return {
    turnId,
    answer: openField(dek, path, "answer", answer),
    outcome,
    handoff: turn.handoff ?? false,
    citations: turn.citations ?? [],
    model,
    answeredAt,
  };
}
