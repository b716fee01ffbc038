import type { WebhookAnswer, Webhooks } from "../../functions/src/ports/webhooks.ts";

/** What an endpoint was sent. */
export interface SentMessage {
  url: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** Endpoints of businesses in memory: each takes everything with 204 until it is told otherwise. */
export interface FakeWebhooks extends Webhooks {
  readonly sent: readonly SentMessage[];
  /** What the next calls answer, in this order. */
  answerNext(...answers: WebhookAnswer[]): void;
  /** What every call answers from here on that no `answerNext` is for. */
  answerAlways(answer: WebhookAnswer): void;
}

export function fakeWebhooks(): FakeWebhooks {
  const sent: SentMessage[] = [];
  const answers: WebhookAnswer[] = [];
  let usual: WebhookAnswer = { kind: "answered", status: 204, body: "" };
  return {
    sent,
    answerNext: (...next) => void answers.push(...next),
    answerAlways(answer) {
      usual = answer;
    },
    post: (url, headers, body) => {
      sent.push({ url, headers, body });
      return Promise.resolve(answers.shift() ?? usual);
    },
  };
}
