import { describe, expect, it } from "@jest/globals";
import { functionFor } from "../../../local/gateway.ts";
import { subscriptionsOf, topicName } from "../../../local/messaging.ts";
import { portBaseFrom, portsFrom, portsOfACloud, regions } from "../../../local/ports.ts";
import { backoffMs } from "../../../local/push.ts";
import { readFunctions } from "../../../terraform/functions.ts";

const functions = readFunctions();

describe("the gateway's routing", () => {
  it.each([
    ["/v1/chat/turns", "chat-turn"],
    ["/v1/chat", "chat-turn"],
    ["/v1/chatter", "console"],
    ["/v1/widget/panel", "widget"],
    ["/v1/conversations", "console"],
    ["/v1", "console"],
  ])("hands %s to %s", (path, name) => {
    expect(functionFor(functions, path)).toBe(name);
  });

  it.each(["/", "/v2", "/v1x", "/push/erasure-steps-eu"])("hands %s to nobody", (path) => {
    expect(functionFor(functions, path)).toBeUndefined();
  });
});

describe("push subscriptions", () => {
  const subscriptions = subscriptionsOf(functions, "eu");

  it("exist for every topic of functions.json and every dead-letter topic, once", () => {
    const topics = Object.values(functions).flatMap((spec) =>
      spec.trigger === "pubsub" && spec.deadLetter !== undefined ? [spec.topic, spec.deadLetter.topic] : [],
    );
    expect(topics.length).toBeGreaterThan(10);
    expect(subscriptions.map(({ name }) => name).sort()).toEqual(topics.map((topic) => topicName(topic, "eu")).sort());
  });

  it("lead dead letters to the function that collects them, which has no dead letters itself", () => {
    const dead = subscriptions.filter(({ name }) => name.endsWith("-dead-eu"));
    expect(new Set(dead.map(({ functionName }) => functionName))).toEqual(new Set(["dead-letter"]));
    expect(dead.every(({ deadLetter }) => deadLetter === undefined)).toBe(true);
  });

  it("wait longer after each failure, up to the most", () => {
    const retry = { minimumBackoffSeconds: 2, maximumBackoffSeconds: 120 };
    expect([1, 2, 3, 7, 9].map((failed) => backoffMs(retry, failed))).toEqual([2000, 4000, 8000, 120_000, 120_000]);
  });
});

describe("ports", () => {
  it("follow from the base, none twice", () => {
    const { api, shops, ...others } = portsFrom(9000);
    const all = [...Object.values(api), ...shops, ...Object.values(others)];
    // The base is the app's own port.
    expect(new Set(all).size).toBe(all.length - 1);
  });

  it("of a cloud lie within its hundred, the instances of every function too, so that 8100 and 8200 do not meet", () => {
    const { api, shops, firstInstance, ...others } = portsFrom(8100);
    const lastInstance = firstInstance + Object.keys(readFunctions()).length * regions.length - 1;
    expect(Math.max(...Object.values(api), ...shops, ...Object.values(others))).toBeLessThan(firstInstance);
    expect(lastInstance).toBeLessThan(8100 + portsOfACloud);
  });

  it.each([["--port-base", "x"], ["--port-base=70000"], ["--port-base"]])("refuse %s %s", (...args) => {
    expect(() => portBaseFrom(args)).toThrow("--port-base needs a number");
  });

  it("are 8100 and on when nobody says otherwise", () => {
    expect(portBaseFrom([])).toBe(8100);
    expect(portBaseFrom(["--no-seed", "--port-base", "9100"])).toBe(9100);
  });
});
