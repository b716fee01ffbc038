import type { TopicName } from "../../functions/src/inventory/inventory.ts";
import type { Delivery } from "../../functions/src/platform/event.ts";
import type { Publisher } from "../../functions/src/ports/publisher.ts";

export type Payload = Readonly<Record<string, string | number>>;

/** A message that a topic holds. */
export interface Message {
  messageId: string;
  topic: string;
  payload: Payload;
  /** How often it was delivered. */
  attempt: number;
}

export type Handler = (payload: Payload, delivery: Delivery) => Promise<void>;

/** Pub/Sub in memory: what is published waits until a test delivers it, at least once. */
export interface FakePublisher extends Publisher<TopicName> {
  /** Everything ever published, in order; redeliveries are not in it. */
  readonly published: readonly Message[];
  /** What waits for delivery. Tests may reorder, duplicate and drop. */
  readonly waiting: Message[];
  /** What was given up after `maxDeliveryAttempts`. */
  readonly dead: readonly Message[];
  /** The next publish fails: before it takes effect, or after. */
  failNext(when: "before" | "after"): void;
  /** Delivers one message; when its handler throws it waits again, or is dead after its last attempt. */
  deliver(message: Message, handle: Handler): Promise<void>;
  /**
   * Delivers what waits, and what that publishes, until nothing is left that has a handler.
   *
   * @param handlers - by topic; messages of other topics stay.
   */
  drain(handlers: Readonly<Record<string, Handler>>): Promise<void>;
}

const maxDeliveryAttempts = 10;

export function fakePublisher(): FakePublisher {
  const published: Message[] = [];
  const waiting: Message[] = [];
  const dead: Message[] = [];
  const faults: ("before" | "after")[] = [];
  return {
    published,
    waiting,
    dead,
    failNext: (when) => void faults.push(when),
    async publish(topic, payload) {
      const fault = faults.shift();
      if (fault === "before") throw Object.assign(new Error("publish failed"), { code: 14 });
      const message: Message = { messageId: `message-${published.length + 1}`, topic, payload, attempt: 0 };
      published.push(message);
      waiting.push({ ...message });
      if (fault === "after") throw Object.assign(new Error("publish took effect, its answer was lost"), { code: 14 });
    },
    async deliver(message, handle) {
      const at = waiting.indexOf(message);
      if (at >= 0) waiting.splice(at, 1);
      message.attempt += 1;
      try {
        const { messageId, attempt } = message;
        await handle(message.payload, {
          messageId,
          attempt,
          subscription: `projects/test/subscriptions/${message.topic}`,
        });
      } catch {
        (message.attempt >= maxDeliveryAttempts ? dead : waiting).push(message);
      }
    },
    async drain(handlers) {
      for (;;) {
        const message = waiting.find((entry) => handlers[entry.topic] !== undefined);
        const handle = message && handlers[message.topic];
        if (message === undefined || handle === undefined) return;
        await this.deliver(message, handle);
      }
    },
  };
}
