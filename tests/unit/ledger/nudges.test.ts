import { describe, expect, it } from "@jest/globals";
import type { Stores } from "../../../functions/src/inventory/collections.ts";
import { nudgeSequencers, oweNudge } from "../../../functions/src/ledger/nudges.ts";
import { fakePublisher } from "../../fakes/publisher.ts";
import { throwingDeps } from "../../support/throwing-deps.ts";

/** An instance of its own, whose Pub/Sub is `publisher`. */
function instance<Publisher>(publisher: Publisher): { stores: Stores; publisher: Publisher } {
  return { stores: throwingDeps().stores, publisher };
}

describe("nudging the sequencers", () => {
  it("names each tenant with entries once, and then nobody", async () => {
    const deps = instance(fakePublisher());
    for (const tenantId of ["one", "two", "one"]) oweNudge(deps.stores, tenantId);
    await nudgeSequencers(deps);
    await nudgeSequencers(deps);
    expect(deps.publisher.published.map(({ payload }) => payload.tenantId)).toEqual(["one", "two"]);
  });

  it("touches no topic where nothing was appended, as after a chat turn", async () => {
    await nudgeSequencers(throwingDeps());
  });

  it("shares messages among calls at the same time, and sends again for an entry that came after they left", async () => {
    const sent: string[] = [];
    const left: (() => void)[] = [];
    const deps = instance({
      publish: (_topic: string, { tenantId }: Readonly<Record<string, string | number>>) => {
        sent.push(String(tenantId));
        return new Promise<void>((resolve) => void left.push(resolve));
      },
    });
    const call = () => {
      oweNudge(deps.stores, "one");
      return nudgeSequencers(deps);
    };
    const first = call();
    await Promise.resolve();
    expect(sent).toEqual(["one"]);
    const later = Promise.all([call(), call(), call()]);
    left[0]?.();
    await first;
    await new Promise(setImmediate);
    expect(sent).toEqual(["one", "one"]);
    left[1]?.();
    await later;
  });

  it("does not fail an act when Pub/Sub does, nor keep its caller when Pub/Sub does not answer", async () => {
    const broken = instance(fakePublisher());
    broken.publisher.failNext("before");
    oweNudge(broken.stores, "one");
    await nudgeSequencers(broken);
    expect(broken.publisher.published).toEqual([]);
    const silent = instance({ publish: () => new Promise<void>(() => undefined) });
    oweNudge(silent.stores, "one");
    await nudgeSequencers(silent, 5);
  });
});
