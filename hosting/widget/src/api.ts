import type { Session } from "./session.ts";
import type { Purpose } from "./settings.ts";
import { Silence } from "./silence.ts";
import { sentenceOf } from "./words.ts";

/** A heartbeat comes every 15 s: after two and a half without one the connection is taken for dead. */
const silenceLimitMs = 40_000;
const answerLimitMs = 30_000;

/** Why a call failed: an answer that is a problem document, or none at all. Its message is for the visitor. @see RFC 9457 */
export class Problem extends Error {
  readonly code: string;
  readonly retry: boolean;
  /** Names of the fields that are not as they should be. */
  readonly fields: readonly string[];

  constructor(code: string, retry: boolean, message = sentenceOf(code), fields: readonly string[] = []) {
    super(message);
    this.code = code;
    this.retry = retry;
    this.fields = fields;
  }
}

/** Anything that was thrown, as a sentence for the visitor. */
export function sayingOf(error: unknown): string {
  return error instanceof Problem ? error.message : sentenceOf("bug");
}

export interface Citation {
  n: number;
  title: string;
  heading?: string;
}

export interface Answered {
  turnId: string;
  answer: string;
  handoff: boolean;
  citations: Citation[];
  provenance: { notice: string; model: string; at: string };
}

export interface StoredTurn {
  turnId: string;
  state: "answered" | "answering" | "failed";
  question: string;
  answer?: string;
  handoff: boolean;
  citations: Citation[];
  provenance?: Answered["provenance"];
  askedAt: string;
}

/** What may be agreed to; what the notice does not ask for any more can only be withdrawn. */
export interface Choice extends Purpose {
  given: boolean;
  asked: boolean;
}

/** The newest turns, or those before a time; oldest first. */
export interface History {
  turns: StoredTurn[];
  /** Whether there are earlier ones. */
  more: boolean;
  consents: Record<string, boolean>;
}

/** What a turn's stream says. */
export type TurnEvent =
  | { event: "turn"; data: { turnId: string } }
  | { event: "delta"; data: { text: string } }
  | { event: "citations"; data: { citations: Citation[] } }
  | { event: "done"; data: Answered }
  | { event: "problem"; data: { code: string; message: string; retry: boolean } };

/** Codes after which the session is of no use. */
const endings = new Set(["session-expired", "unauthenticated", "subject-erased"]);

/** Whether a failure means that the visitor must begin anew. */
export function endsSession(error: unknown): boolean {
  return error instanceof Problem && endings.has(error.code);
}

async function send(
  method: string,
  path: string,
  headers: Record<string, string>,
  body: unknown,
  signal: AbortSignal,
): Promise<Response> {
  const answer = await fetch(path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: "omit",
    signal,
  }).catch(() => {
    throw new Problem("offline", true);
  });
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as {
    code?: string;
    retry?: boolean;
    issues?: { path: string }[];
  };
  const fields = (problem.issues ?? []).map(({ path }) => path);
  throw new Problem(problem.code ?? "unknown", problem.retry ?? answer.status >= 500, undefined, fields);
}

/** A call whose answer comes at once, and as a whole. */
async function call<Answer>(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const silence = new Silence(answerLimitMs);
  try {
    const answer = await send(method, path, headers, body, silence.signal);
    return (await answer.json()) as Answer;
  } catch (error) {
    throw error instanceof Problem ? error : new Problem("offline", true);
  } finally {
    silence.end();
  }
}

/** Calls of a visitor without a session. @param identity - a token of the business's, for a visitor it vouches for. */
export async function startSession(
  channelKey: string,
  noticeVersion: number,
  consents: Record<string, boolean>,
  key: string,
  identity: string | undefined,
): Promise<Session> {
  const headers = { "lethe-channel": channelKey, "idempotency-key": key };
  const body = { noticeVersion, noticeAcknowledged: true, consents, identity };
  return call<Session>("POST", "/v1/widget/sessions", headers, body);
}

/** Calls of a visitor with a session; the session may be replaced as answers bring a new one. */
export class Visitor {
  session: Session;

  constructor(session: Session) {
    this.session = session;
  }

  #headers(key?: string): Record<string, string> {
    return { authorization: `Bearer ${this.session.token}`, ...(key === undefined ? {} : { "idempotency-key": key }) };
  }

  /** @param before - only what was asked before this time. */
  history(before?: string): Promise<History> {
    const query = before === undefined ? "" : `?before=${encodeURIComponent(before)}`;
    return call("GET", `/v1/widget/history${query}`, this.#headers());
  }

  async newConversation(key: string): Promise<void> {
    this.session = await call("POST", "/v1/widget/conversations", this.#headers(key), {});
  }

  choices(): Promise<{ noticeVersion: number; purposes: Choice[] }> {
    return call("GET", "/v1/widget/consents", this.#headers());
  }

  async choose(purpose: string, given: boolean, noticeVersion: number, key: string): Promise<void> {
    this.session = await call("POST", "/v1/widget/consents", this.#headers(key), { purpose, given, noticeVersion });
  }

  async leave(lead: Record<string, string>, key: string): Promise<void> {
    await call("POST", "/v1/widget/leads", this.#headers(key), lead);
  }

  /**
   * Asks a question; the same key asks the same one again and resumes. Ends early when the connection breaks, or when
   * nothing comes over it, heartbeats included.
   */
  async *ask(question: string, key: string): AsyncGenerator<TurnEvent> {
    const silence = new Silence(silenceLimitMs);
    try {
      const answer = await send("POST", "/v1/chat/turns", this.#headers(key), { question }, silence.signal);
      if (answer.body === null) return;
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let text = "";
      for (;;) {
        const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
        if (done || value === undefined) return;
        silence.heard();
        text += value;
        for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
          const parsed = parseEvent(text.slice(0, end));
          text = text.slice(end + 2);
          if (parsed !== undefined) yield parsed;
        }
      }
    } finally {
      silence.end();
    }
  }
}

/** One block of an event stream; undefined for a comment such as a heartbeat. @see HTML standard, server-sent events */
function parseEvent(block: string): TurnEvent | undefined {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}:`))
      ?.slice(name.length + 1)
      .trimStart();
  const [event, data] = [field("event"), field("data")];
  return event === undefined || data === undefined ? undefined : ({ event, data: JSON.parse(data) } as TurnEvent);
}
