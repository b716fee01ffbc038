import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import type { SimulatedRegion } from "../simulation/region.ts";
import "../support/quiet.ts";
import { type Act, acts, interrupted, openStage, outcomeOf } from "../support/subject-acts.ts";

/** How many records there are of each collection: of jobs, holds, requests, audit entries, ... */
function countsOf({ data, keys }: SimulatedRegion): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const path of [...data.paths(), ...keys.paths()]) {
    const name = path.split("/").at(-2) ?? "";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What two calls came to. Ids differ from run to run, so of answers it says only whether they are the same. */
interface Twice {
  outcome: unknown;
  counts: Record<string, number>;
}

function told(first: unknown, second: unknown): unknown {
  if (isDeepStrictEqual(first, second)) return "the same";
  return [first, second].map((each) => (typeof each === "string" && each.includes("-") ? each : "an answer")).sort();
}

/** Acts, and then again. */
async function inTurn(act: Act, before: Act | undefined): Promise<Twice> {
  const stage = await openStage(before);
  const first = await outcomeOf(act(stage.operator, stage));
  const second = await outcomeOf(act(stage.operator, stage));
  return { outcome: told(first, second), counts: countsOf(stage.region) };
}

/** Acts, and again right before one operation of the first. @returns undefined when the first has fewer operations. */
async function interleaved(act: Act, before: Act | undefined, operation: number): Promise<Twice | undefined> {
  const stage = await openStage(before);
  let second: unknown;
  const first = await interrupted(stage, act, operation, async () => {
    second = await outcomeOf(act(stage.operator, stage));
  });
  return first && { outcome: told(first.outcome, second), counts: countsOf(stage.region) };
}

describe("an act that is asked for twice", () => {
  it.each(Object.entries(acts))(
    "ends as if one call had come after the other, wherever the second falls between two operations of the first: %s",
    async (_what, { act, before }) => {
      const expected = await inTurn(act, before);
      for (let operation = 1; ; operation += 1) {
        const twice = await interleaved(act, before, operation);
        if (twice === undefined) break;
        expect({ operation, ...twice }).toEqual({ operation, ...expected });
      }
    },
    60_000,
  );
});
