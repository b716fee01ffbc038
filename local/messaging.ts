import type { FunctionSpec } from "../terraform/functions.ts";
import type { Region } from "./ports.ts";

type PubsubSpec = Extract<FunctionSpec, { trigger: "pubsub" }>;

/** A push subscription of one region, as `terraform/modules/subscriptions` makes it. */
export type Subscription = {
  /** The same as its topic's. */
  name: string;
  functionName: string;
  region: Region;
  ackDeadlineSeconds: number;
  retry: PubsubSpec["retry"];
  /** Where a message goes after so many attempts; absent on dead-letter topics themselves. */
  deadLetter: { topic: string; maxDeliveryAttempts: number } | undefined;
};

/** The name of a topic in a region, as `terraform/modules/topics` makes it. */
export function topicName(topic: string, region: Region): string {
  return `${topic}-${region}`;
}

/**
 * Every push subscription of a region: one a topic, and one a dead-letter topic for the function that collects them.
 *
 * @param functions - as `readFunctions()` gives them.
 */
export function subscriptionsOf(functions: Readonly<Record<string, FunctionSpec>>, region: Region): Subscription[] {
  const readers = Object.entries(functions).flatMap(([name, spec]) =>
    spec.trigger === "pubsub" ? [{ functionName: name, spec }] : [],
  );
  const dead = readers.flatMap(({ spec }) => (spec.deadLetter === undefined ? [] : [spec.deadLetter.topic]));
  return readers.flatMap(({ functionName, spec }) => {
    const ending = spec.topic.slice(1);
    const topics = spec.topic.startsWith("*") ? dead.filter((topic) => topic.endsWith(ending)) : [spec.topic];
    return topics.map((topic) => ({
      name: topicName(topic, region),
      functionName,
      region,
      ackDeadlineSeconds: spec.ackDeadlineSeconds,
      retry: spec.retry,
      deadLetter:
        spec.deadLetter === undefined
          ? undefined
          : { ...spec.deadLetter, topic: topicName(spec.deadLetter.topic, region) },
    }));
  });
}

/**
 * Makes topics and push subscriptions in the Pub/Sub emulator. Retries and dead letters are kept by `push.ts`,
 * since the emulator forwards no dead letters and its backoff goes by the machine's clock; what it delivers again is what nobody answered.
 *
 * @param pubsub - the emulator's host:port.
 * @param pushBase - where messages are pushed to: `<pushBase>/<subscription>`.
 */
export async function createSubscriptions(
  pubsub: string,
  project: string,
  subscriptions: readonly Subscription[],
  pushBase: string,
): Promise<void> {
  await Promise.all(subscriptions.map(({ name }) => put(`http://${pubsub}/v1/projects/${project}/topics/${name}`, {})));
  await Promise.all(
    subscriptions.map(({ name, ackDeadlineSeconds }) =>
      put(`http://${pubsub}/v1/projects/${project}/subscriptions/${name}`, {
        topic: `projects/${project}/topics/${name}`,
        pushConfig: { pushEndpoint: `${pushBase}/${name}` },
        ackDeadlineSeconds,
        retryPolicy: { minimumBackoff: "1s", maximumBackoff: "1s" },
      }),
    ),
  );
}

async function put(url: string, body: object): Promise<void> {
  const response = await fetch(url, {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`PUT ${url} answered ${response.status}: ${await response.text()}`);
}
