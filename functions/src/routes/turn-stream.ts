import { z } from "zod";
import { provenanceOf } from "../conversations/answer.ts";
import type { TurnEvent } from "../conversations/turn-event.ts";

const citation = z.strictObject({
  n: z.int().min(1),
  title: z.string(),
  heading: z.string(),
  documentId: z.string(),
});

export const provenanceShape = z.strictObject({
  generator: z.literal("ai"),
  model: z.string(),
  at: z.iso.datetime(),
  notice: z.string(),
  digitalSourceType: z.url(),
});

/** What an answer is to the visitor's browser, in `done` and in the history. */
export const answerShape = z.strictObject({
  answer: z.string(),
  outcome: z.enum(["answered", "no-answer"]),
  handoff: z.boolean(),
  citations: z.array(citation),
  provenance: provenanceShape,
});

/**
 * The `data` of each server-sent event by its name. `turn` comes first; then any number of `delta`, at most one
 * `citations`; `done` or `problem` is the last. A comment comes every 15 s while nothing else does.
 */
export const turnEventShapes = {
  turn: z.strictObject({ turnId: z.string() }),
  delta: z.strictObject({ text: z.string() }),
  citations: z.strictObject({ citations: z.array(citation).min(1) }),
  done: answerShape.extend({ turnId: z.string() }),
  problem: z.strictObject({ code: z.string(), message: z.string(), retry: z.boolean() }),
} as const;

/** An answer as `answerShape` has it. */
export function answerBody(answer: Extract<TurnEvent, { event: "done" }>["answer"]) {
  const { answer: text, outcome, handoff, citations } = answer;
  return { answer: text, outcome, handoff, citations, provenance: provenanceOf(answer) };
}

function dataOf(event: TurnEvent): unknown {
  if (event.event === "done") return { turnId: event.answer.turnId, ...answerBody(event.answer) };
  const { event: _name, ...data } = event;
  return data;
}

/**
 * Writes events as server-sent events, with a comment whenever `heartbeatMs` pass without one, so that no proxy takes
 * the silence for an end.
 *
 * @see HTML Living Standard §9.2 (server-sent events)
 */
export async function* eventStream(events: AsyncIterable<TurnEvent>, heartbeatMs: number): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  for (;;) {
    const next = iterator.next();
    let result = await orSilence(next, heartbeatMs);
    for (; result === "silence"; result = await orSilence(next, heartbeatMs)) yield ": heartbeat\n\n";
    if (result.done === true) return;
    yield `event: ${result.value.event}\ndata: ${JSON.stringify(dataOf(result.value))}\n\n`;
  }
}

async function orSilence<T>(work: Promise<T>, afterMs: number): Promise<T | "silence"> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<"silence">((resolve) => {
    timer = setTimeout(() => {
      resolve("silence");
    }, afterMs);
  });
  try {
    return await Promise.race([work, silence]);
  } finally {
    clearTimeout(timer);
  }
}
