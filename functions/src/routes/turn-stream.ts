import { setImmediate } from "node:timers/promises";
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
 * the silence for an end. Events that are there within one turn of the event loop go out together.
 *
 * @see HTML Living Standard §9.2 (server-sent events)
 */
export async function* eventStream(events: AsyncIterable<TurnEvent>, heartbeatMs: number): AsyncGenerator<string> {
  const iterator = events[Symbol.asyncIterator]();
  let next = iterator.next();
  for (;;) {
    let result: IteratorResult<TurnEvent> | "later" = await within(heartbeatMs, next);
    if (result === "later") {
      yield ": heartbeat\n\n";
      continue;
    }
    let text = "";
    while (result !== "later" && result.done !== true) {
      text += `event: ${result.value.event}\ndata: ${JSON.stringify(dataOf(result.value))}\n\n`;
      next = iterator.next();
      result = await Promise.race([next, setImmediate<"later">("later")]);
    }
    if (text !== "") yield text;
    if (result !== "later") return;
  }
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T | "later"> {
  let timer: NodeJS.Timeout | undefined;
  const later = new Promise<"later">((resolve) => {
    timer = setTimeout(() => {
      resolve("later");
    }, limitMs);
  });
  try {
    return await Promise.race([work, later]);
  } finally {
    clearTimeout(timer);
  }
}
