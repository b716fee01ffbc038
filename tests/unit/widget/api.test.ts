import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { AppError, type ErrorCode, errorKinds } from "../../../functions/src/platform/errors.ts";
import { problemOf } from "../../../functions/src/platform/problem.ts";
import { type TurnEvent, Visitor } from "../../../hosting/widget/src/api.ts";

const visitor = () =>
  new Visitor({ token: "t", expiresAt: "2025-01-16T12:00:00Z", conversationId: "c1", consents: {} });

/** Lets `fetch` answer with a response that ends with its call, as a browser's does. */
function answering(answer: (signal: AbortSignal) => Response | Promise<Response>) {
  jest.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
    const signal = init?.signal;
    if (!signal) throw new Error("a call without an end");
    return answer(signal);
  });
}

const never = (signal: AbortSignal) =>
  new Promise<Response>((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("aborted")));
  });

/** A stream that says these pieces, one every `everyMs`, and then nothing. */
function stream(signal: AbortSignal, pieces: readonly string[], everyMs: number): Response {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      pieces.forEach((piece, at) => {
        setTimeout(() => controller.enqueue(new TextEncoder().encode(piece)), (at + 1) * everyMs);
      });
      signal.addEventListener("abort", () => controller.error(new Error("aborted")));
    },
  });
  return new Response(body);
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
  jest.restoreAllMocks();
});

describe("a stream", () => {
  const turn = 'event: turn\ndata: {"turnId":"t1"}\n\n';
  const read = async () => {
    const events: TurnEvent[] = [];
    for await (const event of visitor().ask("When?", "key")) events.push(event);
    return events;
  };

  it("is given up when nothing comes for 40 seconds", async () => {
    answering((signal) => stream(signal, [turn], 10));
    const reading = read();
    let isOver = false;
    void reading.then(() => {
      isOver = true;
    });
    await jest.advanceTimersByTimeAsync(39_000);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(await reading).toHaveLength(1);
  });

  it("goes on as long as heartbeats come", async () => {
    const beats = Array.from({ length: 8 }, () => ": heartbeat\n\n");
    answering((signal) => stream(signal, [...beats, turn], 15_000));
    const reading = read();
    await jest.advanceTimersByTimeAsync(200_000);
    expect(await reading).toHaveLength(1);
  });
});

describe("any other call", () => {
  it("is given up after 30 seconds", async () => {
    answering(never);
    const failing = expect(visitor().history()).rejects.toMatchObject({ code: "offline", retry: true });
    await jest.advanceTimersByTimeAsync(30_000);
    await failing;
  });

  it("names the fields that are not right", async () => {
    const issues = [{ path: ["email"], message: "Invalid email address" }];
    const problem = problemOf(new AppError("input-invalid", "body is not valid", { cause: { issues } }), "trace");
    answering(() => Response.json(problem, { status: 400 }));
    await expect(visitor().leave({ email: "x" }, "key")).rejects.toMatchObject({ fields: ["email"] });
  });

  it.each(Object.keys(errorKinds) as ErrorCode[])("says %s in a sentence, and not in a code's words", async (code) => {
    const problem = problemOf(new AppError(code, "what an operator reads"), "trace");
    answering(() => Response.json(problem, { status: problem.status }));
    const message: string = await visitor()
      .history()
      .then(
        () => "",
        (error: Error) => error.message,
      );
    expect(message).toMatch(/^[A-Z].*[.?]$/);
    expect(message).not.toBe(problem.title);
    expect(message.toLowerCase()).not.toContain(code.replaceAll("-", " "));
  });
});
