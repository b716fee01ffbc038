import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { changeConsent } from "../../functions/src/conversations/change-consent.ts";
import { readConversation } from "../../functions/src/conversations/read-conversation.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { evidenceBasis, pruneEvidenceKeys } from "../../functions/src/ledger/evidence-key.ts";
import { sweepOrphans } from "../../functions/src/orphans/sweep-orphans.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { readAuditTrail } from "../../functions/src/tenants/read-audit-trail.ts";
import { arriveAt, openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { settleJobs } from "../support/world.ts";

const day = 86_400;

describe("what the trail still tells of an erased person", () => {
  let deps: TestDeps;
  let shop: Shop;
  let carol: DataSubject;

  /** Entries that name a person, as staff see them: who acted, and on which person. */
  const persons = async () => {
    const { entries } = await readAuditTrail(deps, shop.staff, { limit: 100 });
    return entries
      .flatMap(({ action, actor, targets }) =>
        [actor, ...targets].map(({ kind, id, erased }) => ({ action, kind, id, erased })),
      )
      .filter(({ kind }) => ["subject", "data-subject", "conversation"].includes(kind));
  };
  const evidence = async () => (await deps.stores.keys.collection(`tenants/${shop.tenantId}/evidence`).get()).docs;

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "witness");
    carol = await arriveAt(deps, shop, "carol", { remember: true });
    const withdrawal = { purpose: "remember", given: false, noticeVersion: 1 };
    await changeConsent(deps, carol, withdrawal, "carols-withdrawal");
    await readConversation(deps, shop.staff, carol.conversationId, {});
    const { tenantId, subjectId } = carol;
    const actor = { kind: "data-subject", id: subjectId } as const;
    await requestErasure(deps, actor, tenantId, { kind: "person", subjectId }, "I said so");
    await settleJobs(deps, tenantId);
  });
  afterAll(() => deps.close());

  it("is who gave and withdrew consents and asked to be erased, and nothing else", async () => {
    const told = await persons();
    const known = told.filter(({ id }) => id !== undefined);
    expect(known.map(({ action, kind }) => `${action} ${kind}`).sort()).toEqual([
      "consent-withdrawn data-subject",
      "consent-withdrawn subject",
      "erasure-completed subject",
      "erasure-requested data-subject",
      "erasure-requested subject",
      "request-received data-subject",
      "request-received subject",
      "session-started data-subject",
    ]);
    for (const party of known) expect(party).toMatchObject({ id: carol.subjectId, erased: true });
    const gone = told.filter(({ id }) => id === undefined).map(({ action, kind }) => `${action} ${kind}`);
    expect(gone).toEqual(expect.arrayContaining(["conversation-read conversation", "session-started conversation"]));
  });

  it("has a basis and an end, in the key's document and in the receipt, and is no orphan", async () => {
    const [key, ...others] = await evidence();
    expect(others).toEqual([]);
    const endsAt = "2028-02-01T00:00:00.000Z";
    expect(key?.id).toBe("entries-2025-01");
    expect(key?.get("basis")).toBe(evidenceBasis);
    const stored = key?.get("endsAt") as { toDate(): Date } | undefined;
    expect(stored?.toDate().toISOString()).toBe(endsAt);
    const { docs } = await deps.stores.data.collection(`tenants/${shop.tenantId}/receipts`).get();
    const { payload = "" } = (docs[0]?.get("envelope") ?? {}) as { payload?: string };
    const receipt = JSON.parse(Buffer.from(payload, "base64").toString("utf8"));
    expect(receipt.exceptions).toContainEqual({
      name: "auditEvidence",
      reason: expect.stringContaining("17(3)(e)"),
      until: endsAt,
    });
    deps.clock.advance(day);
    expect((await sweepOrphans(deps)).alarms).toBe(0);
  });

  it("ends: its key goes three years after the month, and nobody can tell any more", async () => {
    const endsAt = new Date("2028-02-01T00:00:00Z");
    expect(await pruneEvidenceKeys(deps, shop.tenantId, new Date(endsAt.getTime() - 1))).toBe(0);
    expect(await pruneEvidenceKeys(deps, shop.tenantId, endsAt)).toBe(1);
    expect(await evidence()).toEqual([]);
    expect((await persons()).filter(({ id }) => id !== undefined)).toEqual([]);
  });
});
