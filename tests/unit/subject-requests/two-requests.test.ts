import { describe, expect, it } from "@jest/globals";
import {
  type RequestedErasure,
  requestErasure,
} from "../../../functions/src/subject-requests/erasure/request-erasure.ts";
import { type Gate, runNow } from "../../fakes/memory-firestore/memory-firestore.ts";
import { simulatedRegion } from "../../simulation/region.ts";
import { arrive } from "../../simulation/story.ts";
import "../../support/quiet.ts";
import { openShop } from "../../support/shop.ts";

/** Asks for an erasure, and asks again right before one operation of the first. @returns what both were told. */
async function askTwice(operation: number) {
  const region = simulatedRegion(1);
  const operator = region.instance(runNow);
  const shop = await openShop(operator, "twice");
  const { subjectId } = await arrive(operator, shop, "alice");
  const ask = (deps: typeof operator) =>
    requestErasure(deps, shop.staff.actor, shop.tenantId, { kind: "person", subjectId }, "asked");
  let operations = 0;
  let second: RequestedErasure | undefined;
  const gate: Gate = async (_operation, apply) => {
    operations += 1;
    if (operations === operation) second = await ask(operator);
    return apply();
  };
  const first = await ask(region.instance(gate));
  const jobs = [...region.data.paths()].filter((path) => /\/jobs\/[^/]+$/.test(path));
  return { first, second, jobs };
}

describe("two requests to erase a person", () => {
  it("are one erasure, wherever the second falls between two operations of the first", async () => {
    let operation = 1;
    for (; ; operation += 1) {
      const { first, second, jobs } = await askTwice(operation);
      expect([operation, jobs.length]).toEqual([operation, 1]);
      if (second === undefined) break;
      expect([operation, second]).toEqual([operation, first]);
    }
    expect(operation).toBeGreaterThan(10);
  });
});
