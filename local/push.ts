import { request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import type { FunctionSpec } from "../terraform/functions.ts";
import type { InstanceKey, Instances } from "./instances.ts";
import { answer, close, listen, readBody } from "./listen.ts";
import type { Subscription } from "./messaging.ts";
import { regions } from "./ports.ts";
import { forward, withInstance } from "./proxy.ts";

const pushShape = z.object({
  message: z.looseObject({
    messageId: z.string(),
    data: z.string().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    orderingKey: z.string().optional(),
    publishTime: z.string().optional(),
  }),
  subscription: z.string(),
});
type Push = z.infer<typeof pushShape>;

/** Pub/Sub's largest message and some. */
const maxPushBytes = 11 * 1024 * 1024;

/** A message that the gate answers for: how often it failed, and when it is tried again; no time while a try runs. */
type Owned = { to: Subscription; push: Push; failed: number; retryAt: number | undefined };

/** How often the gate looks for messages whose backoff is over. */
const lookEveryMs = 50;

export type PushGate = { server: Server; close(): Promise<void> };

/**
 * What stands between the Pub/Sub emulator, Cloud Scheduler and functions. The retry policy of `functions.json` is kept here: a message that failed waits out its backoff,
 * deliveries are counted and told to the function, and after the last one the message goes to its dead-letter topic.
 *
 * The emulator hears of no failure: after one it holds back every message of the subscription, for up to a minute, by the machine's clock.
 *
 * `POST /push/<subscription>` and `POST /schedule/<region>/<function>`.
 *
 * @param options.now - milliseconds; the local cloud's clock, so that a test moves time instead of waiting for a backoff.
 */
export async function startPushGate(options: {
  port: number;
  pubsub: string;
  project: string;
  functions: Readonly<Record<string, FunctionSpec>>;
  subscriptions: readonly Subscription[];
  instances: Instances;
  now: () => number;
  onError: (error: unknown) => void;
}): Promise<PushGate> {
  const subscriptions = new Map(options.subscriptions.map((one) => [one.name, one]));
  const owned = new Map<string, Owned>();
  const server = await listen(
    options.port,
    async (request, response) => {
      const [, kind, first = "", second = ""] = (request.url ?? "").split("/");
      const region = regions.find((one) => one === first);
      const spec = options.functions[second];
      const subscription = subscriptions.get(first);
      if (kind === "push" && subscription !== undefined) {
        await accept(request, response, subscription);
      } else if (kind === "schedule" && region !== undefined && spec !== undefined) {
        const target = { functionName: second, region, path: "/", timeoutMs: spec.timeoutSeconds * 1000 };
        await forward(request, response, options.instances, target);
      } else {
        answer(response, 404, "text/plain; charset=utf-8", "no such target");
      }
    },
    options.onError,
  );
  const looking = setInterval(retryWhatIsDue, lookEveryMs);

  /** Answers after the first try, so that the emulator sends no more at once than functions take. */
  async function accept(request: IncomingMessage, response: ServerResponse, to: Subscription): Promise<void> {
    const body = await readBody(request, maxPushBytes);
    const push = pushShape.parse(JSON.parse(body?.toString("utf8") ?? ""));
    const id = `${to.name}/${push.message.messageId}`;
    if (!owned.has(id)) {
      const message: Owned = { to, push, failed: 0, retryAt: undefined };
      owned.set(id, message);
      await attempt(id, message);
    }
    response.writeHead(204).end();
  }

  function retryWhatIsDue(): void {
    for (const [id, message] of owned) {
      if (message.retryAt !== undefined && options.now() >= message.retryAt) void attempt(id, message);
    }
  }

  /** One try. Never throws: a try that could not be made is a failed one. */
  async function attempt(id: string, message: Owned): Promise<void> {
    const { to, push } = message;
    message.retryAt = undefined;
    const count = message.failed + 1;
    try {
      const succeeded = await call(to, { ...push, deliveryAttempt: count });
      const isLast = to.deadLetter !== undefined && count >= to.deadLetter.maxDeliveryAttempts;
      if (!succeeded && isLast) await bury(to, push, count);
      if (succeeded || isLast) {
        owned.delete(id);
        return;
      }
    } catch (error) {
      options.onError(error);
    }
    message.failed = count;
    message.retryAt = options.now() + backoffMs(to.retry, count);
  }

  async function call(to: Subscription, push: Push & { deliveryAttempt: number }): Promise<boolean> {
    const key: InstanceKey = { functionName: to.functionName, region: to.region };
    const timeoutMs = (options.functions[to.functionName]?.timeoutSeconds ?? 60) * 1000;
    try {
      const status = await withInstance(options.instances, key, (port) => post(port, JSON.stringify(push), timeoutMs));
      return status < 300;
    } catch (error) {
      // An instance that died or took too long: Pub/Sub counts that as a failed delivery.
      options.onError(error);
      return false;
    }
  }

  /** What Pub/Sub does after the last attempt, with the attributes it adds. */
  async function bury(from: Subscription, { message }: Push, attempt: number): Promise<void> {
    if (from.deadLetter === undefined) return;
    const attributes = {
      ...message.attributes,
      CloudPubSubDeadLetterSourceDeliveryCount: String(attempt),
      CloudPubSubDeadLetterSourceSubscription: from.name,
      CloudPubSubDeadLetterSourceSubscriptionProject: options.project,
      CloudPubSubDeadLetterSourceTopicPublishTime: message.publishTime ?? "",
    };
    const topic = `http://${options.pubsub}/v1/projects/${options.project}/topics/${from.deadLetter.topic}`;
    const response = await fetch(`${topic}:publish`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ messages: [{ data: message.data ?? "", attributes }] }),
    });
    if (!response.ok) throw new Error(`dead letter of ${from.name} could not be published: ${response.status}`);
  }

  return {
    server,
    close: async () => {
      clearInterval(looking);
      await close(server);
    },
  };
}

/** Grows from the least to the most wait by doubling, as the retry policy of a subscription does. */
export function backoffMs(retry: Subscription["retry"], failed: number): number {
  const seconds = retry.minimumBackoffSeconds * 2 ** (failed - 1);
  return Math.min(seconds, retry.maximumBackoffSeconds) * 1000;
}

/** @returns the status; throws when the instance cannot be reached, dies, or takes too long. */
function post(port: number, body: string, timeoutMs: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    const signal = AbortSignal.timeout(timeoutMs);
    const call = httpRequest({ host: "127.0.0.1", port, agent: false, method: "POST", path: "/", headers, signal });
    call.once("response", (reply) => {
      reply.resume();
      reply.once("end", () => resolve(reply.statusCode ?? 500));
      reply.once("error", reject);
    });
    call.once("error", reject);
    call.end(body);
  });
}
