import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { beginTurn } from "../../functions/src/conversations/begin-turn.ts";
import { readConversation } from "../../functions/src/conversations/read-conversation.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import type { AuditAction } from "../../functions/src/ledger/actions.ts";
import { listPendingEntries } from "../../functions/src/ledger/store.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { previewErasure } from "../../functions/src/subject-requests/erasure/preview-erasure.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import type { ErasureScope } from "../../functions/src/subject-requests/erasure/scope.ts";
import { extendHold } from "../../functions/src/subject-requests/holds/extend-hold.ts";
import { liftHold } from "../../functions/src/subject-requests/holds/lift-hold.ts";
import { listHolds } from "../../functions/src/subject-requests/holds/list-holds.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { decideObjection } from "../../functions/src/subject-requests/rights/decide-objection.ts";
import { liftRestriction } from "../../functions/src/subject-requests/rights/lift-restriction.ts";
import { recordObjection } from "../../functions/src/subject-requests/rights/record-objection.ts";
import { rectifySubject } from "../../functions/src/subject-requests/rights/rectify-subject.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { verifyIdentifier } from "../../functions/src/subject-requests/rights/verify-identifier.ts";
import { findVerifiedAddresses } from "../../functions/src/subjects/find-verified-addresses.ts";
import { identifiersOfPerson } from "../../functions/src/subjects/identifiers-of-person.ts";
import { findSubject } from "../../functions/src/subjects/store.ts";
import { readAuditTrail } from "../../functions/src/tenants/read-audit-trail.ts";
import { arriveAt, openShop, type Shop } from "../support/shop.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";
import { staffActor } from "../support/world.ts";

describe("rights of a data subject", () => {
  let deps: TestDeps;
  let shop: Shop;

  beforeAll(async () => {
    deps = testDeps();
    shop = await openShop(deps, "rights");
  });
  afterAll(() => deps.close());

  const arrive = async (name: string): Promise<DataSubject> => {
    const person = await arriveAt(deps, shop, name);
    await createLead(
      deps,
      person,
      { name, email: `${name}@people.example`, message: `${name} wrote` },
      `${name}-lead-1`,
    );
    return person;
  };
  const leadOf = (person: DataSubject, key: string) =>
    createLead(deps, person, { email: "again@people.example", message: "again" }, key);
  const leaves = async () => {
    const entries = await listPendingEntries(deps.stores, shop.tenantId, 500);
    return entries.map((entry) => Buffer.from(entry.leaf).toString("utf8"));
  };

  const staff = () =>
    ({
      kind: "staff",
      tenantId: shop.tenantId,
      actor: staffActor,
      role: "privacy",
      permissions: permissionsOf.privacy,
    }) as const;
  const trailReasons = async (action: AuditAction, person?: DataSubject) => {
    const { entries } = await readAuditTrail(deps, staff(), { limit: 50, action, subjectId: person?.subjectId });
    return entries.flatMap(({ targets }) => targets.flatMap(({ kind, id }) => (kind === "reason" ? [id] : [])));
  };

  it("stops every write for a restricted person, and goes on when it is lifted and the person was told", async () => {
    const person = await arrive("rosa");
    await verifyIdentifier(
      deps,
      staffActor,
      person,
      { kind: "email", value: "rosa@people.example" },
      "showed a passport",
    );
    await restrictSubject(deps, staffActor, person, "accuracy");
    await restrictSubject(deps, staffActor, person, "accuracy");
    await expect(leadOf(person, "rosa-lead-2")).rejects.toMatchObject({ code: "subject-frozen" });
    await liftRestriction(deps, staffActor, person, "clarified");
    expect(deps.mail.letters.map(({ to }) => to)).toEqual(["rosa@people.example"]);
    await expect(leadOf(person, "rosa-lead-3")).resolves.toBeDefined();
    expect((await leaves()).filter((leaf) => leaf.includes('"subject-restricted"'))).toHaveLength(1);
  });

  it("opens what a restricted person wrote only for a use that the law allows, and keeps why", async () => {
    const person = await arrive("rita");
    const read = (page?: Parameters<typeof readConversation>[3]) =>
      readConversation(deps, staff(), person.conversationId, page);
    await beginTurn(deps, person, "rita asks", "rita-turn-1", "rita-instance");
    await restrictSubject(deps, staffActor, person, "claims");
    expect(await read()).toMatchObject({ turns: [], more: false, subject: { state: "restricted" } });
    const { turns } = await read({ use: { ground: "claims", reason: "rita sues us" } });
    expect(turns).toEqual([expect.objectContaining({ question: "rita asks" })]);
    expect(await trailReasons("restricted-data-used", person)).toEqual(["rita sues us"]);
  });

  it("lifts nothing when the person cannot be told", async () => {
    const person = await arrive("rudi");
    await verifyIdentifier(deps, staffActor, person, { kind: "email", value: "rudi@people.example" }, "called back");
    await restrictSubject(deps, staffActor, person, "claims");
    deps.mail.failNext("before");
    await expect(liftRestriction(deps, staffActor, person, "over")).rejects.toMatchObject({
      code: "store-unavailable",
    });
    await expect(leadOf(person, "rudi-lead-2")).rejects.toMatchObject({ code: "subject-frozen" });
  });

  it("restricts at once on an objection, until it is rejected", async () => {
    const person = await arrive("otto");
    await recordObjection(deps, staffActor, person);
    await expect(leadOf(person, "otto-lead-2")).rejects.toMatchObject({ code: "subject-frozen" });
    await expect(liftRestriction(deps, staffActor, person, "over")).rejects.toMatchObject({ code: "input-invalid" });
    await decideObjection(deps, staffActor, person, "rejected", "compelling grounds");
    await expect(leadOf(person, "otto-lead-3")).resolves.toBeDefined();
  });

  it("keeps a restriction on another ground when an objection is rejected, and says how both stand", async () => {
    const person = await arrive("olga");
    const restriction = async () => (await findSubject(deps.stores, person))?.restriction;
    await restrictSubject(deps, staffActor, person, "accuracy");
    await recordObjection(deps, staffActor, person);
    const grounds = ["accuracy", "objection"];
    expect(await restriction()).toEqual({ grounds, since: deps.clock.now(), objection: "undecided" });
    await decideObjection(deps, staffActor, person, "rejected", "compelling grounds");
    await decideObjection(deps, staffActor, person, "upheld", "decided twice");
    expect(await restriction()).toEqual({ grounds: ["accuracy"], since: deps.clock.now(), objection: "rejected" });
    await expect(leadOf(person, "olga-lead-2")).rejects.toMatchObject({ code: "subject-frozen" });
    await liftRestriction(deps, staffActor, person, "corrected");
    expect(await restriction()).toBeUndefined();
    await expect(leadOf(person, "olga-lead-3")).resolves.toBeDefined();
  });

  it("tells by which addresses a person is found, and which of them were verified", async () => {
    const person = await arrive("iris");
    await verifyIdentifier(deps, staffActor, person, { kind: "email", value: "iris@people.example" }, "called back");
    await verifyIdentifier(deps, staffActor, person, { kind: "phone", value: "+353 20 911 4420" }, "called back");
    const told = [{ email: "iris@people.example" }, { email: "Iris@People.example", phone: "+353 1 555 0100" }];
    expect(await identifiersOfPerson(deps, person, told)).toEqual([
      { kind: "email", value: "iris@people.example", level: "verified" },
      { kind: "phone", level: "verified" },
      { kind: "phone", value: "+353 1 555 0100", level: "unclaimed" },
    ]);
  });

  it("corrects a profile, and logs which fields changed, not what they say nor why", async () => {
    const person = await arrive("carl");
    await verifyIdentifier(deps, staffActor, person, { kind: "email", value: "carl@people.example" }, "wrote a letter");
    const corrected = { name: "Karl", email: "karl@people.example" };
    await rectifySubject(deps, staffActor, person, corrected, "asked by carl by telephone");
    expect(await findVerifiedAddresses(deps, person)).toEqual([]);
    const leaf = (await leaves()).find((text) => text.includes("subject-rectified")) ?? "";
    expect(JSON.parse(leaf)).toMatchObject({ metadata: { fields: ["name", "email"] } });
    expect(leaf).not.toMatch(/karl|carl|telephone/i);
  });

  it("keeps why an export was asked for, where staff read it and the log does not", async () => {
    const person = await arrive("ella");
    const { tenantId } = shop;
    const what = { subjectId: person.subjectId, format: "json", reason: "ella telephoned on 3 May" } as const;
    await requestExport(deps, staffActor, tenantId, what, "ella-export-1");
    await requestExport(deps, staffActor, tenantId, { format: "bag", reason: "ella moves to another tool" }, "all-1");
    const reasons = ["ella telephoned on 3 May", "ella moves to another tool"];
    expect((await trailReasons("export-requested")).sort()).toEqual(reasons.sort());
    expect((await leaves()).join("")).not.toMatch(/ella /);
  });

  it("tells only third parties that hold visitors' data of an erasure", async () => {
    const person = await arrive("tess");
    const scope = { kind: "person", subjectId: person.subjectId } as const;
    const { recipients } = await previewErasure(deps, staffActor, shop.tenantId, scope);
    expect(recipients.map(({ name }) => name)).toEqual(["vertexAi", "postmarkMail"]);
  });

  it("previews a part of a person alone: which holds keep it, and nothing of anybody else", async () => {
    const [person, other] = [await arrive("pia"), await arrive("quentin")];
    const [kept, free] = [await leadOf(person, "pia-lead-2"), await leadOf(person, "pia-lead-3")];
    const endsAt = new Date(deps.clock.now().getTime() + 90 * 86_400_000);
    const hold = { conversationIds: [], leadIds: [kept.id], basis: "a lawsuit", endsAt };
    await placeHold(deps, staffActor, person, hold, "pia-hold-key-1");
    const { subjectId, conversationId } = person;
    const preview = (scope: ErasureScope) => previewErasure(deps, staffActor, shop.tenantId, scope);
    expect((await preview({ kind: "lead", subjectId, leadId: kept.id })).heldItems).toEqual([
      expect.objectContaining({ basis: "a lawsuit", items: 1 }),
    ]);
    expect((await preview({ kind: "lead", subjectId, leadId: free.id })).heldItems).toEqual([]);
    expect((await preview({ kind: "conversation", subjectId, conversationId })).heldItems).toEqual([]);
    const foreign = { kind: "conversation", subjectId: other.subjectId, conversationId } as const;
    await expect(preview(foreign)).rejects.toMatchObject({ code: "not-found" });
  });

  it("keeps exactly the held items through an erasure, under a key of their own, and says so", async () => {
    const person = await arrive("hilda");
    const second = await leadOf(person, "hilda-lead-2");
    const endsAt = new Date(deps.clock.now().getTime() + 90 * 86_400_000);
    const hold = { conversationIds: [], leadIds: [second.id], basis: "pending claim 17/2025", endsAt };
    const holdId = await placeHold(deps, staffActor, person, hold, "hold-key-1");
    expect(await placeHold(deps, staffActor, person, hold, "hold-key-1")).toBe(holdId);
    const scope = { kind: "person", subjectId: person.subjectId } as const;
    const preview = await previewErasure(deps, staffActor, shop.tenantId, scope);
    expect(preview.heldItems).toEqual([expect.objectContaining({ basis: "pending claim 17/2025", items: 1 })]);
    const { jobId } = await requestErasure(deps, staffActor, shop.tenantId, scope, "asked");
    for (let round = 0; round < 4; round += 1) {
      await deps.publisher.drain({
        "erasure-steps": (payload, delivery) => runJob(deps, erasureJob, stepMessage.parse(payload), delivery),
      });
      deps.clock.advance(400);
      await resumeStalledJobs(deps);
    }
    const job = await findJob(deps.stores, shop.tenantId, jobId);
    expect({ state: job?.state, failure: job?.failure }).toEqual({ state: "done", failure: undefined });
    const tenant = deps.stores.data.doc(`tenants/${shop.tenantId}`);
    const left = await tenant.collection("leads").where("subjectId", "==", person.subjectId).get();
    expect(left.docs.map((lead) => [lead.id, lead.get("evidenceId")])).toEqual([[second.id, second.id]]);
    expect((await deps.stores.keys.doc(`tenants/${shop.tenantId}/deks/${person.subjectId}`).get()).exists).toBe(false);
    const { payload } = (await tenant.collection("receipts").doc(jobId).get()).get("envelope") as { payload: string };
    expect(Buffer.from(payload, "base64").toString("utf8")).toContain("pending claim 17/2025");
    await liftHold(deps, staffActor, shop.tenantId, holdId, "settled out of court");
    expect((await tenant.collection("holds").doc(holdId).get()).get("state")).toBe("lifted");
  });

  it("extends a hold and never shortens one, and lists what each keeps", async () => {
    const person = await arrive("hugo");
    const lead = await leadOf(person, "hugo-lead-2");
    const days = (count: number) => new Date(deps.clock.now().getTime() + count * 86_400_000);
    const [sooner, later] = [days(30), days(90)];
    const hold = { conversationIds: [person.conversationId], leadIds: [lead.id], basis: "claim", endsAt: sooner };
    const holdId = await placeHold(deps, staffActor, person, hold, "hold-key-3");
    const extend = (endsAt: Date) =>
      extendHold(deps, staffActor, shop.tenantId, holdId, { endsAt, reason: "court date moved" });
    await extend(later);
    await expect(extend(sooner)).rejects.toMatchObject({ code: "input-invalid" });
    const items = [
      { kind: "conversation", id: person.conversationId },
      { kind: "lead", id: lead.id },
    ];
    const { holds: listed } = await listHolds(deps, shop.tenantId, { subjectId: person.subjectId });
    expect(listed).toEqual([expect.objectContaining({ holdId, state: "active", endsAt: later, items })]);
    await liftHold(deps, staffActor, shop.tenantId, holdId, "settled");
    await expect(extend(days(120))).rejects.toMatchObject({ code: "input-invalid" });
    expect(await trailReasons("hold-lifted", person)).toContain("settled");
  });

  it("refuses a hold on somebody else's item, in the past, or on nothing", async () => {
    const [one, other] = [await arrive("ann"), await arrive("ben")];
    const lead = await leadOf(other, "ben-lead-2");
    const endsAt = new Date(deps.clock.now().getTime() + 86_400_000);
    const place = (hold: Partial<Parameters<typeof placeHold>[3]>) => {
      const whole = { conversationIds: [], leadIds: [], basis: "claim", endsAt, ...hold };
      return placeHold(deps, staffActor, one, whole, "hold-key-2");
    };
    await expect(place({ leadIds: [lead.id] })).rejects.toMatchObject({ code: "input-invalid" });
    await expect(place({})).rejects.toMatchObject({ code: "input-invalid" });
    const past = { conversationIds: [one.conversationId], endsAt: new Date(0) };
    await expect(place(past)).rejects.toMatchObject({ code: "input-invalid" });
  });
});
