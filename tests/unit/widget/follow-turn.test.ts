import { afterEach, beforeEach, describe, expect, it, jest } from "@jest/globals";
import { Problem, type StoredTurn, type TurnEvent } from "../../../hosting/widget/src/api.ts";
import { followTurn, waitForTurn } from "../../../hosting/widget/src/follow-turn.ts";

const answered = {
  turnId: "t1",
  answer: "At eight.",
  handoff: false,
  citations: [],
  provenance: { notice: "AI", model: "m", at: "2025-01-15T12:00:00Z" },
};
const taken: TurnEvent = { event: "turn", data: { turnId: "t1" } };
const piece = (text: string): TurnEvent => ({ event: "delta", data: { text } });
const done: TurnEvent = { event: "done", data: answered };

/** A visitor whose calls, one after the other, bring these events, or fail; the last one repeats. */
function asking(...calls: (TurnEvent[] | Problem)[]) {
  let made = 0;
  return {
    count: () => made,
    async *ask(): AsyncGenerator<TurnEvent> {
      const call = calls[Math.min(made, calls.length - 1)] ?? [];
      made += 1;
      if (call instanceof Problem) throw await Promise.resolve(call);
      yield* call;
    },
  };
}

/** What is shown: the text as it stands, and the turn that was taken. */
function screen() {
  const shown = { text: "", turnId: undefined as string | undefined };
  const followed = {
    restart: () => {
      shown.text = "";
    },
    taken: (turnId: string) => {
      shown.turnId = turnId;
    },
    append: (text: string) => {
      shown.text += text;
    },
  };
  return { shown, followed };
}

async function settled<T>(work: Promise<T>): Promise<T> {
  const result = work.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error;
    },
  );
  await jest.runAllTimersAsync();
  return (await result)();
}

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

describe("following a turn", () => {
  it("takes a broken stream up again, and shows its text once", async () => {
    const visitor = asking([taken, piece("At "), piece("ei")], [taken, piece("At eight."), done]);
    const { shown, followed } = screen();
    expect(await settled(followTurn(visitor, "When?", "key", followed))).toEqual(answered);
    expect(shown).toEqual({ text: "At eight.", turnId: "t1" });
  });

  it("says that the question is kept once it was taken", async () => {
    const following = settled(followTurn(asking([taken]), "When?", "key", screen().followed));
    await expect(following).rejects.toMatchObject({ retry: true, message: expect.stringContaining("is kept") });
  });

  it.each([
    ["nobody is reached", new Problem("offline", true)],
    ["the store is down", new Problem("store-unavailable", true)],
  ])("never says so while %s", async (_when, problem) => {
    const visitor = asking(problem);
    const following = settled(followTurn(visitor, "When?", "key", screen().followed));
    await expect(following).rejects.toMatchObject({ retry: true, message: expect.not.stringContaining("kept") });
    expect(visitor.count()).toBe(5);
  });

  it("never says so of a stream that broke before the question was taken", async () => {
    const following = settled(followTurn(asking([]), "When?", "key", screen().followed));
    await expect(following).rejects.toMatchObject({ code: "offline" });
  });

  it.each(["rate-limited", "subject-frozen", "tenant-closed"])("asks once, and no more, after %s", async (code) => {
    const visitor = asking(new Problem(code, code === "rate-limited"));
    await expect(settled(followTurn(visitor, "When?", "key", screen().followed))).rejects.toMatchObject({ code });
    expect(visitor.count()).toBe(1);
  });
});

describe("waiting for a turn of before a reload", () => {
  const stored = (state: StoredTurn["state"], turnId = "t1"): StoredTurn => {
    return { turnId, state, question: "When?", handoff: false, citations: [], askedAt: "2025-01-15T12:00:00Z" };
  };
  const history = (...states: (StoredTurn["state"] | Problem)[]) => ({
    history: async () => {
      const state = states.length > 1 ? states.shift() : states[0];
      if (state instanceof Problem) throw state;
      return Promise.resolve({ turns: [stored(state ?? "answering")], more: false, consents: {} });
    },
  });

  it.each(["answered", "failed"] as const)("looks until it is %s, whatever breaks meanwhile", async (end) => {
    const visitor = history("answering", new Problem("offline", true), end);
    expect(await settled(waitForTurn(visitor, "t1"))).toMatchObject({ state: end });
  });

  it("gives up after longer than a lease", async () => {
    expect(await settled(waitForTurn(history("answering"), "t1"))).toBeUndefined();
  });

  it("ends with the session", async () => {
    const waiting = settled(waitForTurn(history(new Problem("session-expired", false)), "t1"));
    await expect(waiting).rejects.toMatchObject({ code: "session-expired" });
  });
});
