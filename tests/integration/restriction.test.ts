import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { readConversation } from "../../functions/src/conversations/read-conversation.ts";
import type { Staff } from "../../functions/src/identity/caller.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { listPendingEntries } from "../../functions/src/ledger/store.ts";
import { previewErasure } from "../../functions/src/subject-requests/erasure/preview-erasure.ts";
import { decideObjection } from "../../functions/src/subject-requests/rights/decide-objection.ts";
import { liftRestriction } from "../../functions/src/subject-requests/rights/lift-restriction.ts";
import { recordObjection } from "../../functions/src/subject-requests/rights/record-objection.ts";
import { rectifySubject } from "../../functions/src/subject-requests/rights/rectify-subject.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { verifyIdentifier } from "../../functions/src/subject-requests/rights/verify-identifier.ts";
import { findVerifiedAddresses } from "../../functions/src/subjects/find-verified-addresses.ts";
import type { Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

describe("a restricted person", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;
  let privacy: string;
  let support: string;

  beforeAll(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
    await desk.hire("petra", "privacy");
    await desk.hire("sam", "support");
    [privacy, support] = [await desk.signIn("petra"), await desk.signIn("sam")];
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });

  const subjectOf = (guest: Guest) => ({ tenantId: desk.tenantId, subjectId: guest.subjectId });
  const get = async (cookie: string, path: string) =>
    (await api.call("GET", path, byCookie(deps, cookie))).json as never;
  const call = (cookie: string, method: "POST" | "PUT", path: string, body: object) =>
    api.call(method, path, byCookie(deps, cookie, { body }));
  const verify = (guest: Guest, value: string) =>
    verifyIdentifier(deps, desk.owner.actor, subjectOf(guest), { kind: "email", value }, "called back");
  const subjectIn = async (guest: Guest) =>
    (await deps.stores.data.doc(`tenants/${desk.tenantId}/subjects/${guest.subjectId}`).get()).data();
  const lettersSince = (count: number) => deps.mail.letters.slice(count).map(({ to }) => to);

  /** Somebody who asked and left an address; the newest conversation is open, an older one closed. */
  const guestWithLead = async (name: string) => {
    const guest = await welcome(deps, api, desk);
    await guest.ask(`a question of ${name}`);
    const leadId = await guest.leave({ name, email: `${name}@people.example`, message: `${name} wrote` });
    return { guest, leadId };
  };

  it("is not read in leads, on the person's page or in a search, except by whoever handles the person's rights", async () => {
    const { guest, leadId } = await guestWithLead("rosa");
    await restrictSubject(deps, desk.owner.actor, subjectOf(guest), "accuracy");
    for (const cookie of [support, privacy]) {
      const { leads }: { leads: { leadId: string; subjectState: string }[] } = await get(cookie, "/v1/leads");
      const lead = leads.find((one) => one.leadId === leadId);
      expect(lead).toMatchObject({ subjectState: "restricted" });
      expect(JSON.stringify(lead)).not.toMatch(/rosa/);
    }
    const page = JSON.stringify(await get(support, `/v1/subjects/${guest.subjectId}`));
    expect(page).toContain(leadId);
    expect(page).not.toMatch(/rosa/);
    const found = await call(support, "POST", "/v1/subjects/search", { kind: "email", value: "rosa@people.example" });
    expect(found.text).toContain(guest.subjectId);
    expect(found.text).not.toMatch(/rosa/);
    const own: { subject: object; leads: object[] } = await get(privacy, `/v1/subjects/${guest.subjectId}`);
    expect(own.subject).toMatchObject({ profile: { name: "rosa" } });
    expect(JSON.stringify(own.leads)).not.toMatch(/rosa/);
  });

  it("is read for a use that the law allows, with its ground, by whoever may use it", async () => {
    const { guest, leadId } = await guestWithLead("rita");
    await restrictSubject(deps, desk.owner.actor, subjectOf(guest), "claims");
    const use = { ground: "claims", reason: "rita sues us" };
    expect((await call(support, "POST", `/v1/leads/${leadId}/restricted-use`, use)).status).toBe(403);
    const opened = await call(privacy, "POST", `/v1/leads/${leadId}/restricted-use`, use);
    expect(opened.json).toMatchObject({ lead: { leadId, message: "rita wrote", subjectState: "restricted" } });
    const entries = await listPendingEntries(deps.stores, desk.tenantId, 500);
    const leaf = entries.map(({ leaf }) => Buffer.from(leaf).toString()).find((text) => text.includes("data-used"));
    expect(JSON.parse(leaf ?? "")).toMatchObject({ metadata: { ground: "claims", subjectState: "restricted" } });
    expect(leaf).not.toMatch(/sues/);
  });

  it("is not written for by staff: lead, inbox and reading mark, open and closed conversation alike", async () => {
    const { guest, leadId } = await guestWithLead("rudi");
    const path = `tenants/${desk.tenantId}`;
    const head = deps.stores.data.doc(`${path}/conversations/${guest.conversationId}`);
    const inbox = deps.stores.data.doc(`${path}/inbox/${guest.conversationId}`);
    await head.update({ state: "closed" });
    await restrictSubject(deps, desk.owner.actor, subjectOf(guest), "accuracy");
    // The copy in a closed head is old; the person is asked.
    expect((await head.get()).get("subjectState")).toBe("active");
    for (const state of ["closed", "open"]) {
      await head.update({ state, subjectState: state === "open" ? "restricted" : "active" });
      const listed: { conversations: object[] } = await get(support, `/v1/conversations?subjectId=${guest.subjectId}`);
      expect(listed.conversations).toMatchObject([{ subjectState: "restricted" }]);
      const tagged = await call(support, "PUT", `/v1/conversations/${guest.conversationId}/inbox`, { tags: ["hot"] });
      expect(tagged.json).toMatchObject({ code: "subject-frozen" });
      await readConversation(deps, desk.owner, guest.conversationId);
      expect((await inbox.get()).exists).toBe(false);
    }
    const handled = await call(support, "PUT", `/v1/leads/${leadId}`, { state: "handled" });
    expect(handled.json).toMatchObject({ code: "subject-frozen" });
    const answer = { title: "An answer", text: "Of rudi." };
    const saved = await api.call("POST", `/v1/conversations/${guest.conversationId}/answers`, {
      ...byCookie(deps, await desk.signIn("olive"), { body: answer }),
    });
    expect(saved.status).toBeGreaterThanOrEqual(400);
    const left = await api.call(
      "POST",
      "/v1/widget/leads",
      byBearer(guest.token, { body: { email: "x@people.example", message: "again" } }),
    );
    expect(left.status).toBeGreaterThanOrEqual(400);
    await liftRestriction(deps, desk.owner.actor, subjectOf(guest), "clarified");
    expect((await call(support, "PUT", `/v1/leads/${leadId}`, { state: "handled" })).status).toBe(200);
  });

  it("stands on every ground that was given, and is free when the last is gone", async () => {
    const { guest } = await guestWithLead("otto");
    const subject = subjectOf(guest);
    const { actor } = desk.owner;
    await recordObjection(deps, actor, subject);
    await restrictSubject(deps, actor, subject, "accuracy");
    await restrictSubject(deps, actor, subject, "claims");
    await decideObjection(deps, actor, subject, "rejected", "compelling grounds");
    expect(await subjectIn(guest)).toMatchObject({
      state: "restricted",
      restriction: { grounds: ["accuracy", "claims"], objection: "rejected" },
    });
    await expect(liftRestriction(deps, actor, subject, "which?")).rejects.toMatchObject({ code: "input-invalid" });
    await liftRestriction(deps, actor, subject, "corrected", "accuracy");
    expect(await subjectIn(guest)).toMatchObject({ state: "restricted", restriction: { grounds: ["claims"] } });
    await liftRestriction(deps, actor, subject, "settled");
    expect(await subjectIn(guest)).toMatchObject({ state: "active", restriction: null });
  });

  it("is told once before it is lifted, by two at once too, and not at all when there is nothing to lift", async () => {
    const { guest } = await guestWithLead("lena");
    await verify(guest, "lena@people.example");
    const before = deps.mail.letters.length;
    const lift = () => liftRestriction(deps, desk.owner.actor, subjectOf(guest), "over");
    await lift();
    expect(lettersSince(before)).toEqual([]);
    await restrictSubject(deps, desk.owner.actor, subjectOf(guest), "accuracy");
    await Promise.allSettled([lift(), lift()]);
    await lift();
    expect(lettersSince(before)).toEqual(["lena@people.example"]);
    expect(await subjectIn(guest)).toMatchObject({ state: "active" });
  });

  it("is told at every verified address, whatever was typed since; one that takes no mail blocks nobody", async () => {
    const { guest } = await guestWithLead("vera");
    for (const address of ["vera@people.example", "vera@bounce.example", "vera@work.example"])
      await verify(guest, address);
    await guest.leave({ email: "another@people.example", message: "the same person" });
    const subject = subjectOf(guest);
    expect((await findVerifiedAddresses(deps, subject)).sort()).toEqual([
      "vera@bounce.example",
      "vera@people.example",
      "vera@work.example",
    ]);
    await restrictSubject(deps, desk.owner.actor, subject, "accuracy");
    const before = deps.mail.letters.length;
    deps.mail.failFor("vera@people.example");
    const lift = () => liftRestriction(deps, desk.owner.actor, subject, "over");
    await expect(lift()).rejects.toMatchObject({ code: "store-unavailable" });
    expect(lettersSince(before)).toEqual(["vera@work.example"]);
    expect(await subjectIn(guest)).toMatchObject({ state: "restricted" });
    deps.mail.failFor(undefined);
    await lift();
    expect(lettersSince(before)).toEqual(["vera@work.example", "vera@people.example"]);
    expect(await subjectIn(guest)).toMatchObject({ state: "active" });
  });

  it("who objected waits for an answer within a month, of which staff are reminded until it is decided", async () => {
    const { guest } = await guestWithLead("olga");
    const subject = subjectOf(guest);
    const { actor } = desk.owner;
    const requests = async () => {
      const all = deps.stores.data.collection(`tenants/${desk.tenantId}/requests`);
      const { docs } = await all.where("subjectId", "==", guest.subjectId).get();
      return docs
        .map((one) => [one.get("kind"), one.get("state"), one.get("nextReminderAt") !== null].join(" "))
        .sort();
    };
    await recordObjection(deps, actor, subject);
    await recordObjection(deps, actor, subject);
    expect(await requests()).toEqual(["objection received true"]);
    await decideObjection(deps, actor, subject, "upheld", "they are right");
    await restrictSubject(deps, actor, subject, "accuracy");
    await rectifySubject(deps, actor, subject, { name: "Olga" }, "asked by letter");
    expect(await requests()).toEqual([
      "objection completed false",
      "rectification completed false",
      "restriction completed false",
    ]);
  });

  const staffOf = (role: "support"): Staff => ({ ...desk.owner, role, permissions: permissionsOf[role] });

  it("is shown without a profile beside a conversation to whoever handles no rights", async () => {
    const { guest } = await guestWithLead("nora");
    await restrictSubject(deps, desk.owner.actor, subjectOf(guest), "accuracy");
    const { subject } = await readConversation(deps, staffOf("support"), guest.conversationId);
    expect(subject).toMatchObject({ state: "restricted", profile: {} });
    await previewErasure(deps, desk.owner.actor, desk.tenantId, { kind: "person", subjectId: guest.subjectId });
  });
});
