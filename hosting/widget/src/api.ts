import type { Session } from "./session.ts";
import type { Purpose } from "./settings.ts";

/** An answer that is a problem document, or no answer at all. @see RFC 9457 */
export class Problem extends Error {
  readonly code: string;
  readonly retry: boolean;

  constructor(code: string, title: string, retry: boolean) {
    super(title);
    this.code = code;
    this.retry = retry;
  }
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

async function send(method: string, path: string, headers: Record<string, string>, body?: unknown): Promise<Response> {
  const answer = await fetch(path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    credentials: "omit",
  }).catch(() => {
    throw new Problem("offline", "The chat cannot be reached. Are you online?", true);
  });
  if (answer.ok) return answer;
  const problem = (await answer.json().catch(() => ({}))) as { code?: string; title?: string; retry?: boolean };
  throw new Problem(problem.code ?? "unknown", problem.title ?? "Something went wrong.", problem.retry === true);
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
  return (
    await send("POST", "/v1/widget/sessions", headers, { noticeVersion, noticeAcknowledged: true, consents, identity })
  ).json() as Promise<Session>;
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

  async history(): Promise<{ turns: StoredTurn[]; consents: Record<string, boolean> }> {
    return (await send("GET", "/v1/widget/history", this.#headers())).json() as Promise<{
      turns: StoredTurn[];
      consents: Record<string, boolean>;
    }>;
  }

  async newConversation(key: string): Promise<void> {
    this.session = (await (await send("POST", "/v1/widget/conversations", this.#headers(key), {})).json()) as Session;
  }

  async choices(): Promise<{ noticeVersion: number; purposes: (Purpose & { given: boolean })[] }> {
    return (await send("GET", "/v1/widget/consents", this.#headers())).json() as Promise<{
      noticeVersion: number;
      purposes: (Purpose & { given: boolean })[];
    }>;
  }

  async choose(purpose: string, given: boolean, noticeVersion: number, key: string): Promise<void> {
    this.session = (await (
      await send("POST", "/v1/widget/consents", this.#headers(key), { purpose, given, noticeVersion })
    ).json()) as Session;
  }

  async leave(lead: Record<string, string>, key: string): Promise<void> {
    await send("POST", "/v1/widget/leads", this.#headers(key), lead);
  }

  /** Asks a question; the same key asks the same one again and resumes. Ends early when the connection breaks. */
  async *ask(question: string, key: string): AsyncGenerator<TurnEvent> {
    const answer = await send("POST", "/v1/chat/turns", this.#headers(key), { question });
    if (answer.body === null) return;
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
      if (done || value === undefined) return;
      text += value;
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const parsed = parseEvent(text.slice(0, end));
        text = text.slice(end + 2);
        if (parsed !== undefined) yield parsed;
      }
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
