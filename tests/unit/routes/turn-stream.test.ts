import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import type { TurnEvent } from "../../../functions/src/conversations/turn-event.ts";
import { eventStream } from "../../../functions/src/routes/turn-stream.ts";

async function written(events: AsyncIterable<TurnEvent>, heartbeatMs: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const text of eventStream(events, heartbeatMs)) texts.push(text);
  return texts;
}

describe("a stream of events", () => {
  it("writes one event a block, its data on one line", async () => {
    async function* events(): AsyncGenerator<TurnEvent> {
      yield { event: "turn", turnId: "t1" };
      yield { event: "delta", text: "two\nlines" };
    }
    expect((await written(events(), 1_000)).join("")).toBe(
      'event: turn\ndata: {"turnId":"t1"}\n\nevent: delta\ndata: {"text":"two\\nlines"}\n\n',
    );
  });

  it("writes at once what comes at once, and holds nothing back for what comes later", async () => {
    async function* events(): AsyncGenerator<TurnEvent> {
      yield { event: "turn", turnId: "t1" };
      await delay(30);
      yield { event: "delta", text: "a" };
      yield { event: "delta", text: "b" };
    }
    const blocks = (await written(events(), 1_000)).map((text) => text.split("\n\n").length - 1);
    expect(blocks).toEqual([1, 2]);
  });

  it("comments on silence, and loses nothing by it", async () => {
    async function* events(): AsyncGenerator<TurnEvent> {
      yield { event: "turn", turnId: "t1" };
      await delay(80);
      yield { event: "delta", text: "late" };
    }
    const texts = await written(events(), 25);
    expect(texts.filter((text) => text === ": heartbeat\n\n").length).toBeGreaterThanOrEqual(2);
    expect(texts.filter((text) => text.startsWith("event:"))).toHaveLength(2);
  });
});
