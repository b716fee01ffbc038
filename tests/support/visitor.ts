import { randomUUID } from "node:crypto";
import type { Served, Shop } from "./shop.ts";

/** One server-sent event as a browser gets it. */
export interface SeenEvent {
  event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what the schema of the event describes
  data: any;
}

/** Parses a whole stream of server-sent events; comments are left out. */
export function eventsIn(text: string): SeenEvent[] {
  return text
    .split("\n\n")
    .filter((block) => block.startsWith("event:"))
    .map((block) => {
      const [, event = "", data = ""] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
      return { event, data: JSON.parse(data) };
    });
}

/** A visitor's browser: speaks to the functions `widget` and `chat-turn` over HTTP. */
export class Visitor {
  token = "";
  conversationId = "";
  readonly #functions: { widget: Served; chatTurn: Served };

  constructor(functions: { widget: Served; chatTurn: Served }) {
    this.#functions = functions;
  }

  post(path: string, body: unknown, key: string = randomUUID(), headers: Record<string, string> = {}) {
    const { widget, chatTurn } = this.#functions;
    const base = path.startsWith("/v1/chat") ? chatTurn.url : widget.url;
    return fetch(`${base}${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "idempotency-key": key,
        ...(this.token === "" ? {} : { authorization: `Bearer ${this.token}` }),
        ...headers,
      },
      body: JSON.stringify(body),
    });
  }

  get(path: string) {
    return fetch(`${this.#functions.widget.url}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
  }

  /** Acknowledges the notice and begins a conversation. */
  async arrive(shop: Shop, consents: Record<string, boolean> = {}, key: string = randomUUID()) {
    const body = { noticeVersion: 1, noticeAcknowledged: true, consents };
    const answer = await this.post("/v1/widget/sessions", body, key, { "lethe-channel": shop.channelKey });
    if (answer.status !== 201) throw new Error(`session was answered with ${answer.status}: ${await answer.text()}`);
    const session = (await answer.json()) as { token: string; expiresAt: string; conversationId: string };
    this.token = session.token;
    this.conversationId = session.conversationId;
    return session;
  }

  /** Asks a question and waits for the stream's end. */
  async ask(question: string, key: string = randomUUID()): Promise<SeenEvent[]> {
    const answer = await this.post("/v1/chat/turns", { question }, key);
    if (answer.status !== 200) throw new Error(`turn was answered with ${answer.status}: ${await answer.text()}`);
    return eventsIn(await answer.text());
  }
}
