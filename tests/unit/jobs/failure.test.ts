import { expect, it } from "@jest/globals";
import { failureOf, mayRetry } from "../../../functions/src/jobs/failure.ts";
import { AppError, codeOf, type ErrorCode, errorKinds } from "../../../functions/src/platform/errors.ts";

const codes = [...(Object.keys(errorKinds) as ErrorCode[]), "bug", "no-answer"];

it.each(codes)("has a sentence for %s that says what to do or that nothing can be done", (code) => {
  const { reason, step } = failureOf(code, "read");
  expect(step).toBe("read");
  expect(reason).toMatch(/^[A-Z].{15,200}\.$/);
});

it("never quotes an exception, whose message may hold data", () => {
  const error = new AppError("document-malformed", "document about alice@example.com cannot be read");
  expect(failureOf(codeOf(error), "read").reason).not.toMatch(/alice/);
});

it("lets nobody retry what can never succeed", () => {
  expect(failureOf("subject-erased", "read").retryable).toBe(false);
  expect(failureOf("tenant-closed", "read").retryable).toBe(false);
  expect(failureOf("residue-found", "search").retryable).toBe(true);
});

it("says how often it was tried before it was given up, and lets it be retried", () => {
  expect(failureOf("model-unavailable", "embed", 10)).toEqual({
    code: "model-unavailable",
    step: "embed",
    retryable: true,
    reason: "Tried 10 times and given up. The model could not be reached. Retry later.",
  });
});

it("knows a client's passing failure from a bug, and tries both again", () => {
  const unavailable = Object.assign(new Error("14 UNAVAILABLE"), { code: 14 });
  expect([codeOf(unavailable), mayRetry(unavailable)]).toEqual(["store-unavailable", true]);
  expect([codeOf(new TypeError("x is undefined")), mayRetry(new TypeError("x is undefined"))]).toEqual(["bug", true]);
  expect(mayRetry(new AppError("subject-erased", "no key"))).toBe(false);
  expect(mayRetry(new AppError("key-unavailable", "key k cannot be used"))).toBe(true);
});
