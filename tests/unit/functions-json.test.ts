import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { type FunctionSpec, functionsFile, readFunctions } from "../../terraform/functions.ts";

const specs = Object.entries(readFunctions());
const raw: unknown = JSON.parse(readFileSync("terraform/functions.json", "utf8"));

/** The file with one function's fields replaced; `undefined` removes a field. */
function fileWith(name: string, fields: Record<string, unknown>): unknown {
  const file = structuredClone(raw) as { functions: Record<string, Record<string, unknown>> };
  file.functions[name] = { ...file.functions[name], ...fields };
  return JSON.parse(JSON.stringify(file));
}

function withTrigger<T extends FunctionSpec["trigger"]>(trigger: T) {
  return specs.flatMap(([name, spec]) =>
    spec.trigger === trigger ? [[name, spec as Extract<FunctionSpec, { trigger: T }>] as const] : [],
  );
}

describe("functions.json", () => {
  it("names exactly the files of entrypoints/", () => {
    const files = readdirSync("functions/src/entrypoints").map((file) => file.replace(/\.ts$/, ""));
    expect(specs.map(([name]) => name).sort()).toEqual(files.sort());
  });

  it("deploys functions of every trigger", () => {
    expect(withTrigger("http").length).toBeGreaterThan(0);
    expect(withTrigger("pubsub").length).toBeGreaterThan(0);
    expect(withTrigger("scheduler").length).toBeGreaterThan(0);
  });

  it.each(withTrigger("pubsub"))("%s reads a topic that somebody publishes to", (_name, { topic }) => {
    const published = specs.flatMap(([, spec]) => spec.publishes);
    const dead = withTrigger("pubsub").flatMap(([, spec]) => spec.deadLetter?.topic ?? []);
    if (topic.startsWith("*")) expect(dead.filter((name) => name.endsWith(topic.slice(1)))).toEqual(dead);
    else expect(published).toContain(topic);
  });

  it("sends what no longer prefix takes to the console", () => {
    expect(withTrigger("http").find(([, spec]) => spec.paths.includes("/v1"))?.[0]).toBe("console");
  });

  it.each(["roles", "memoryMb", "concurrency", "timeoutSeconds", "minInstances", "maxInstances"])(
    "refuses a function without %s",
    (field) => {
      expect(functionsFile.safeParse(fileWith("console", { [field]: undefined })).success).toBe(false);
    },
  );

  it.each([
    ["http", "paths", "console"],
    ["http", "public", "console"],
    ["pubsub", "topic", "export-step"],
    ["pubsub", "retry", "export-step"],
    ["pubsub", "deadLetter", "export-step"],
    ["pubsub", "ackDeadlineSeconds", "export-step"],
    ["scheduler", "schedule", "ledger-sweep"],
    ["scheduler", "timeZone", "ledger-sweep"],
  ])("refuses a function with trigger %s and without %s", (_trigger, field, name) => {
    expect(functionsFile.safeParse(fileWith(name, { [field]: undefined })).success).toBe(false);
  });

  it.each([
    ["a role that Terraform cannot place", "widget", { roles: ["roles/owner"] }, "roles"],
    ["a role with nothing that it reaches", "widget", { publishes: [] }, "must stand together"],
    ["a topic that nobody reads", "widget", { publishes: ["gossip"] }, "which nobody reads"],
    ["two functions of one topic", "export-step", { topic: "erasure-steps" }, "has two functions"],
    ["two functions of one path", "widget", { paths: ["/v1/chat"] }, "has two functions"],
    ["an acknowledgement due before the time limit", "export-step", { ackDeadlineSeconds: 60 }, "come again"],
    ["a field nobody reads", "widget", { color: "green" }, "color"],
  ])("refuses %s", (_what, name, fields, message) => {
    const parsed = functionsFile.safeParse(fileWith(name, fields));
    expect(parsed.success ? "accepted" : JSON.stringify(parsed.error.issues)).toContain(message);
  });
});
