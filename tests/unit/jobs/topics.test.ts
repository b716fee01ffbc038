import { expect, it } from "@jest/globals";
import { jobTopics } from "../../../functions/src/jobs/job.ts";
import { stepMessage } from "../../../functions/src/jobs/run-job.ts";
import { budgetMs, leaseMs } from "../../../functions/src/jobs/timing.ts";
import { readFunctions } from "../../../terraform/functions.ts";

const specs = readFunctions();
const stepFunctionOf = (topic: string) =>
  Object.entries(specs).find(([, spec]) => spec.trigger === "pubsub" && spec.topic === topic);

it.each(Object.entries(jobTopics))(
  "%s jobs have a function that reads their topic and may publish to it",
  (_kind, topic) => {
    const [, spec] = stepFunctionOf(topic) ?? [];
    expect(spec?.publishes).toContain(topic);
    // A call ends before Pub/Sub takes it for lost, with time for one more bounded step of 20 seconds.
    expect(spec?.timeoutSeconds).toBeGreaterThanOrEqual((budgetMs({ priority: 0 }) + 20_000) / 1000);
  },
);

it("the resumer may publish every kind's steps", () => {
  expect(specs["resume-stalled-jobs"]?.publishes).toEqual(expect.arrayContaining(Object.values(jobTopics)));
});

it("a lease outlasts the invocation's budget, so that only the dead lose theirs", () => {
  expect(leaseMs).toBeGreaterThan(budgetMs({ priority: 0 }) + 20_000);
});

it.each([
  { tenantId: "lethe_eu_tenant_bakery0000000000", jobId: "id/1" },
  { tenantId: "lethe_eu_tenant_bakery0000000000", jobId: "" },
  { tenantId: "bakery", jobId: "id1" },
  { tenantId: "lethe_eu_tenant_bakery0000000000", jobId: "id1", email: "alice@example.com" },
])("a message that is not ids alone is refused: %j", (message) => {
  expect(stepMessage.safeParse(message).success).toBe(false);
});
