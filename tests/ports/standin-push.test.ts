import { createServer, type Server } from "node:http";
import { PubSub } from "@google-cloud/pubsub";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { createSubscriptions, subscriptionsOf } from "../../local/messaging.ts";
import { type PushGate, startPushGate } from "../../local/push.ts";
import { functionsFile } from "../../terraform/functions.ts";
import { endpoint, randomProject } from "../support/emulators.ts";

/** A list of functions in the shape of terraform/functions.json: one behind a topic, one for dead letters, one sweep. */
const common = { memoryMb: 512, concurrency: 1, timeoutSeconds: 10, minInstances: 0, maxInstances: 1 };
const roles = { roles: ["roles/datastore.user"], databases: ["data"] };
const retry = { minimumBackoffSeconds: 30, maximumBackoffSeconds: 600 };
const { functions } = functionsFile.parse({
  runtime: "nodejs24",
  functions: {
    "test-step": {
      ...{ ...common, ...roles, trigger: "pubsub", topic: "test-steps", ackDeadlineSeconds: 10, retry },
      deadLetter: { topic: "test-steps-dead", maxDeliveryAttempts: 5 },
    },
    "dead-letter": { ...common, ...roles, trigger: "pubsub", topic: "*-dead", ackDeadlineSeconds: 10, retry },
    "test-sweep": { ...common, ...roles, trigger: "scheduler", schedule: "* * * * *", timeZone: "Etc/UTC" },
  },
});

type Seen = { target: string; data: string; attempt: number; attributes: Record<string, string>; subscription: string };
const project = randomProject();
const seen: Seen[] = [];
let status = 204;
let time = Date.now();
let target: Server;
let targetPort = 0;
let gate: PushGate;
let pubsub: PubSub;

beforeAll(async () => {
  target = createServer((request, response) => {
    let text = "";
    request.on("data", (part: Buffer) => {
      text += part.toString();
    });
    request.on("end", () => response.writeHead(record(request.url ?? "", text)).end());
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", () => resolve()));
  const address = target.address();
  targetPort = typeof address === "object" && address !== null ? address.port : 0;
  const subscriptions = subscriptionsOf(functions, "eu");
  const instances = { portFor: async () => targetPort, using: () => () => {}, running: () => [], stop: async () => {} };
  const pubsubHost = endpoint("PUBSUB_EMULATOR_HOST");
  const onError = () => {};
  gate = await startPushGate({
    ...{ port: 0, pubsub: pubsubHost, project, functions, subscriptions, instances, onError },
    now: () => time,
  });
  const bound = gate.server.address();
  const gatePort = typeof bound === "object" && bound !== null ? bound.port : 0;
  await createSubscriptions(pubsubHost, project, subscriptions, `http://127.0.0.1:${gatePort}/push`);
  pubsub = new PubSub({ projectId: project });
});
afterAll(async () => {
  await pubsub.close();
  await gate.close();
  target.closeAllConnections();
  target.close();
});
beforeEach(() => {
  seen.length = 0;
  status = 204;
});

/** Remembers what the function was handed. @returns the status it answers. */
function record(target: string, text: string): number {
  const { message, subscription = "", deliveryAttempt = 0 } = text === "" ? {} : JSON.parse(text);
  const data = Buffer.from(message?.data ?? "", "base64").toString();
  seen.push({ target, data, attempt: deliveryAttempt, attributes: message?.attributes, subscription });
  return text === "" || subscription.includes("-dead-") ? 204 : status;
}

async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 45_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`it did not happen within 45 seconds: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("between Pub/Sub and functions", () => {
  it("hands over a message once, as Pub/Sub pushes it, with its first attempt", async () => {
    await pubsub.topic("test-steps-eu").publishMessage({ json: { jobId: "j1" }, attributes: { kind: "test" } });
    await until(() => seen.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ target: "/", data: '{"jobId":"j1"}', attempt: 1, attributes: { kind: "test" } });
    expect(seen[0]?.subscription).toBe(`projects/${project}/subscriptions/test-steps-eu`);
  });

  it("waits out the backoff of functions.json, whatever the emulator does", async () => {
    status = 503;
    await pubsub.topic("test-steps-eu").publishMessage({ json: { jobId: "j2" } });
    await until(() => seen.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(seen).toHaveLength(1);
    status = 204;
    time += 30_000;
    await until(() => seen.length > 1);
    expect(seen[1]).toMatchObject({ data: '{"jobId":"j2"}', attempt: 2 });
  });

  it("gives a message up after its last attempt and hands it to the function for dead letters", async () => {
    status = 500;
    await pubsub.topic("test-steps-eu").publishMessage({ json: { jobId: "j3" } });
    for (let attempt = 1; attempt <= 5; attempt++) {
      // The gate counts a backoff from when it has the answer, which is after the function was seen to be called.
      await until(() => {
        time += 600_000;
        return seen.some((one) => one.attempt === attempt && !one.subscription.includes("-dead-"));
      });
    }
    await until(() => seen.some((one) => one.subscription.includes("-dead-")));
    const dead = seen.find((one) => one.subscription.includes("-dead-"));
    expect(dead?.data).toBe('{"jobId":"j3"}');
    expect(dead?.attributes).toMatchObject({
      CloudPubSubDeadLetterSourceDeliveryCount: "5",
      CloudPubSubDeadLetterSourceSubscription: "test-steps-eu",
    });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(seen.filter((one) => !one.subscription.includes("-dead-"))).toHaveLength(5);
  });

  it("hands Cloud Scheduler's calls to their function, and nothing else", async () => {
    const bound = gate.server.address();
    const base = `http://127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`;
    expect((await fetch(`${base}/schedule/eu/test-sweep`, { method: "POST" })).status).toBe(204);
    expect(seen).toHaveLength(1);
    expect((await fetch(`${base}/schedule/asia/test-sweep`, { method: "POST" })).status).toBe(404);
    expect((await fetch(`${base}/push/nobody`, { method: "POST", body: "{}" })).status).toBe(404);
  });
});
