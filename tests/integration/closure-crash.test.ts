import { describe, expect, it } from "@jest/globals";
import { closingRegion, faultsOf, type Mishap, placesOf, runClosure } from "../support/closing-region.ts";

const mishaps: readonly Mishap[] = ["dies before", "dies after", "breaks before", "breaks after"];
/** Every third operation: a third of the time, and another mishap for each of its neighbors. */
const stride = 3;

describe("the deletion of an account, in memory", () => {
  it("ends well whichever operation its process dies at, or loses its connection at", async () => {
    const calm = await closingRegion();
    const calmBefore = placesOf(calm.region, calm.staying.tenantId);
    const operations = await runClosure(calm);
    expect(await faultsOf(calm, calmBefore)).toEqual([]);
    expect(operations).toBeGreaterThan(400);
    for (let at = 1; at <= operations; at += stride) {
      const what = mishaps[Math.floor(at / stride) % mishaps.length] ?? "dies after";
      const scene = await closingRegion();
      const before = placesOf(scene.region, scene.staying.tenantId);
      await runClosure(scene, { at, what });
      expect([at, what, await faultsOf(scene, before)]).toEqual([at, what, []]);
    }
  }, 140_000);
});
