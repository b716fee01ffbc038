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

/** How often a message failed, and when it may be tried again. */
type Attempts = { failed: number; notBefore: number };

export type PushGate = { server: Server; close(): Promise<void> };

/**
 * What stands between the Pub/Sub emulator, Cloud Scheduler and functions. The retry policy of `functions.json` is kept here: a message that failed waits out its backoff,
 * deliveries are counted and told to the function, and after the last one the message goes to its dead-letter topic.
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
  const attempts = new Map<string, Attempts>();
  const server = await listen(
    options.port,
    async (request, response) => {
      const [, kind, first = "", second = ""] = (request.url ?? "").split("/");
      const region = regions.find((one) => one === first);
      const spec = options.functions[second];
      const subscription = subscriptions.get(first);
      if (kind === "push" && subscription !== undefined) {
        await deliver(request, response, subscription);
      } else if (kind === "schedule" && region !== undefined && spec !== undefined) {
        const target = { functionName: second, region, path: "/", timeoutMs: spec.timeoutSeconds * 1000 };
        await forward(request, response, options.instances, target);
      } else {
        answer(response, 404, "text/plain; charset=utf-8", "no such target");
      }
    },
    options.onError,
  );

  async function deliver(request: IncomingMessage, response: ServerResponse, to: Subscription): Promise<void> {
    const body = await readBody(request, maxPushBytes);
    const push = pushShape.parse(JSON.parse(body?.toString("utf8") ?? ""));
    const id = `${to.name}/${push.message.messageId}`;
    const known = attempts.get(id) ?? { failed: 0, notBefore: 0 };
    if (options.now() < known.notBefore) return acknowledge(response, 503);
    // Taken at once, so that the emulator's next delivery does not start a second try while this one runs.
    attempts.set(id, { ...known, notBefore: options.now() + to.ackDeadlineSeconds * 1000 });
    const attempt = known.failed + 1;
    const succeeded = await call(to, { ...push, deliveryAttempt: attempt }).catch((error: unknown) => {
      options.onError(error);
      return false;
    });
    if (succeeded || (to.deadLetter !== undefined && attempt >= to.deadLetter.maxDeliveryAttempts)) {
      if (!succeeded) await bury(to, push, attempt);
      attempts.delete(id);
      return acknowledge(response, 204);
    }
    attempts.set(id, { failed: attempt, notBefore: options.now() + backoffMs(to.retry, attempt) });
    acknowledge(response, 503);
  }

  async function call(to: Subscription, push: Push & { deliveryAttempt: number }): Promise<boolean> {
    const key: InstanceKey = { functionName: to.functionName, region: to.region };
    const timeoutMs = (options.functions[to.functionName]?.timeoutSeconds ?? 60) * 1000;
    const status = await withInstance(options.instances, key, (port) => post(port, JSON.stringify(push), timeoutMs));
    return status < 300;
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

  return { server, close: () => close(server) };
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

function acknowledge(response: ServerResponse, status: number): void {
  response.writeHead(status).end();
}
