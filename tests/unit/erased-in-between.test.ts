import { describe, expect, it } from "@jest/globals";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { sweepLedgers } from "../../functions/src/ledger/sweep-ledgers.ts";
import { copyTombstones } from "../../functions/src/restore/copy-tombstones.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { placesOf } from "../simulation/invariants.ts";
import { openJobs } from "../simulation/simulate-seed.ts";
import { handle, jobKinds } from "../simulation/workers.ts";
import "../support/quiet.ts";
import { acts, interrupted, openStage, type Stage } from "../support/subject-acts.ts";

/** Lets every job run to its end, on a clock that goes on whenever nothing is left to do. */
async function settle({ region, operator }: Stage): Promise<void> {
  for (let round = 0; round < 8; round += 1) {
    for (let message = region.messages.shift(); message !== undefined; message = region.messages.shift())
      await handle(operator, jobKinds, { ...message, attempts: 1 });
    region.nowMs += 360_000;
    for (const sweep of [resumeStalledJobs, sweepLedgers, copyTombstones]) await sweep(operator);
    if (region.messages.length === 0 && openJobs(region).length === 0) return;
  }
}

/** Acts while the person is erased at one operation, and lets all that follows come to its end. */
async function erasedAt(name: string, operation: number): Promise<{ places: string[]; erasure: unknown } | undefined> {
  const { act, before } = acts[name] ?? {};
  if (act === undefined) throw new RangeError(`there is no act ${name}`);
  const stage = await openStage(before);
  const { operator, shop, alice, region } = stage;
  const scope = { kind: "person", subjectId: alice.subjectId } as const;
  let jobId = "";
  const ended = await interrupted(stage, act, operation, async () => {
    ({ jobId } = await requestErasure(operator, shop.staff.actor, shop.tenantId, scope, "asked"));
  });
  if (ended === undefined) return undefined;
  await settle(stage);
  const erasure = region.data.find(`tenants/${shop.tenantId}/jobs/${jobId}`)?.fields.state;
  return { places: placesOf(region, alice.subjectId), erasure };
}

/** A hold keeps what it names, and the erasure passes over it: what is left then is tested elsewhere. */
const keeping = ["a hold", "a longer hold", "the end of a hold", "the erasure of a person of whom something is kept"];

describe("a person who is erased while something is done about them", () => {
  it.each(Object.keys(acts).filter((name) => !keeping.includes(name)))(
    "leaves nothing, wherever the erasure falls between two operations: %s",
    async (name) => {
      for (let operation = 1; ; operation += 1) {
        const left = await erasedAt(name, operation);
        if (left === undefined) break;
        expect({ operation, ...left }).toEqual({ operation, places: [], erasure: "done" });
      }
    },
    60_000,
  );
});
