import type { Timestamp } from "@google-cloud/firestore";
import type { Consents } from "../consent/notice.ts";
import type { SubjectState } from "../subjects/freeze-subject.ts";

/** A question and its answer as the head keeps them, sealed as `window.<turnId>.question` and `.answer`. */
export interface WindowElement {
  question: Uint8Array;
  answer: Uint8Array;
  askedAt: Date;
}

/** The head of a chat: all that a turn reads, however long the chat is. */
export interface Head {
  id: string;
  tenantId: string;
  subjectId: string;
  /** Copy of the person's state: what stops a turn. */
  subjectState: SubjectState;
  channelId: string;
  state: "open" | "closed";
  noticeVersion: number;
  /** Copy of the person's consents in force. */
  consents: Consents;
  /** The last answered turns by turn id: what the model is given. */
  window: Readonly<Record<string, WindowElement>>;
  /** Questions that came to an end, answered or failed. */
  turnCount: number;
  startedAt: Date;
  /** Questions that came to an end within an hour of the first of them; absent before the first. */
  usage?: Usage;
  /** When the last question came to an end; absent in a head without turns, which is not listed. */
  lastTurnAt?: Date;
}

/** How much a conversation was used lately. */
export interface Usage {
  since: Date;
  turns: number;
}

/** A head with the version that a later write may insist on. */
export interface VersionedHead extends Head {
  version: Timestamp;
}

/** A document that an answer rests on. */
export interface Citation {
  /** Counts from 1 within an answer. */
  n: number;
  title: string;
  /** Heading of the passage, empty at the top of a document. */
  heading: string;
  documentId: string;
}

/** What an invocation holds while it answers a turn. */
export interface Lease {
  /** Names the invocation, so that it knows its own turn again. */
  holder: string;
  expiresAt: Date;
}

/** A stored question and what became of it. */
export interface Turn {
  id: string;
  tenantId: string;
  conversationId: string;
  subjectId: string;
  state: "answering" | "answered" | "failed";
  question: Uint8Array;
  lease: Lease;
  askedAt: Date;
  /** From here on: present once answered. */
  answer?: Uint8Array;
  outcome?: "answered" | "no-answer";
  handoff?: boolean;
  citations?: readonly Citation[];
  /** Name of the model, `none` where nothing relevant was found and none was asked. */
  model?: string;
  answeredAt?: Date;
}

/** How an answer was made, for quality and billing; ids and numbers only. */
export interface AiSession {
  id: string;
  tenantId: string;
  subjectId: string;
  conversationId: string;
  turnId: string;
  channelId: string;
  model: string;
  promptTokens: number;
  answerTokens: number;
  latencyMs: number;
  citedChunkIds: readonly string[];
  outcome: "answered" | "no-answer" | "failed";
  createdAt: Date;
}

/** Longest question in characters (UTF-16 units, as a browser counts them). */
export const maxQuestionCharacters = 4_000;
/** Questions that one conversation may ask in an hour: more than a person types. */
export const turnsPerHour = 500;
/** Turns that the head's window holds. */
export const windowTurns = 6;
/** Retrieval and model together may take this long. */
export const turnLimitMs = 60_000;
/** After this an unfinished turn is taken for dead; longer than the limit, so that a slow write still counts. */
export const leaseMs = 90_000;
