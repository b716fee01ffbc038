import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { leadsOfPerson } from "../../functions/src/leads/leads-of-person.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { rectifySubject } from "../../functions/src/subject-requests/rights/rectify-subject.ts";
import { verifyIdentifier } from "../../functions/src/subject-requests/rights/verify-identifier.ts";
import { findVerifiedAddresses } from "../../functions/src/subjects/find-verified-addresses.ts";
import { profileOf } from "../../functions/src/subjects/read-subject.ts";
import { searchSubjects } from "../../functions/src/subjects/search-subjects.ts";
import type { Served } from "../support/served.ts";
import { type Desk, type Guest, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { type TestDeps, testDeps } from "../support/test-deps.ts";

describe("a rectification", () => {
  let deps: TestDeps;
  let api: Served;
  let desk: Desk;

  beforeAll(async () => {
    deps = testDeps();
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "bakery");
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });

  const subjectOf = (guest: Guest) => ({ tenantId: desk.tenantId, subjectId: guest.subjectId });
  const found = async (kind: "email" | "phone", value: string) =>
    (await searchSubjects(deps, desk.owner, kind, value)).map(({ subjectId }) => subjectId);
  const textsOf = async (guest: Guest) =>
    new Map((await leadsOfPerson(deps, desk.owner, guest.subjectId)).map(({ lead, texts }) => [lead.id, texts]));
  const verify = (guest: Guest, kind: "email" | "phone", value: string) =>
    verifyIdentifier(deps, desk.owner.actor, subjectOf(guest), { kind, value }, "called back");

  it("corrects the leads that said the same, and lets the former address and number find nobody", async () => {
    const guest = await welcome(deps, api, desk);
    const wrong = { name: "Carl", email: "carl@people.example", phone: "+353 1 555 0100" };
    const [other, same] = [
      await guest.leave({ name: "C.", email: "work@people.example", message: "at work" }),
      await guest.leave({ ...wrong, message: "Carl here" }),
    ];
    await verify(guest, "email", "carl@people.example");
    await verify(guest, "email", "second@people.example");
    await verify(guest, "phone", "+353 20 911 4420");
    const corrected = { name: "Karl", email: "karl@people.example", phone: null };
    await rectifySubject(deps, desk.owner.actor, subjectOf(guest), corrected, "asked");
    const leads = await textsOf(guest);
    expect(leads.get(same)).toEqual({ name: "Karl", email: "karl@people.example", message: "Carl here" });
    expect(leads.get(other)).toEqual({ name: "C.", email: "work@people.example", message: "at work" });
    expect(await found("email", "carl@people.example")).toEqual([]);
    expect(await found("phone", "+353 1 555 0100")).toEqual([]);
    for (const [kind, value] of [
      ["email", "karl@people.example"],
      ["email", "second@people.example"],
      ["email", "work@people.example"],
      ["phone", "+353 20 911 4420"],
    ] as const) {
      expect(await found(kind, value)).toEqual([guest.subjectId]);
    }
    expect(await findVerifiedAddresses(deps, subjectOf(guest))).toEqual(["second@people.example"]);
    expect(await profileOf(deps, subjectOf(guest))).toEqual({
      name: "Karl",
      email: "karl@people.example",
      verifiedEmails: ["second@people.example"],
      verifiedPhones: ["+353 20 911 4420"],
    });
  });

  it("that died before the former address was forgotten is finished by a repeat", async () => {
    const guest = await welcome(deps, api, desk);
    await guest.leave({ email: "dora@people.example", message: "hello" });
    const claims = deps.stores.keys.collection(`tenants/${desk.tenantId}/identifiers`);
    const [claim] = (await claims.where("subjectId", "==", guest.subjectId).where("kind", "==", "email").get()).docs;
    const rectify = () =>
      rectifySubject(deps, desk.owner.actor, subjectOf(guest), { email: "dorothea@people.example" }, "asked");
    await rectify();
    // As the crash left it: corrected, and the former claim still there.
    await claim?.ref.set(claim.data());
    expect(await found("email", "dora@people.example")).toEqual([guest.subjectId]);
    await rectify();
    expect(await found("email", "dora@people.example")).toEqual([]);
    expect(await found("email", "dorothea@people.example")).toEqual([guest.subjectId]);
  });

  it("leaves what a hold keeps as it was written", async () => {
    const guest = await welcome(deps, api, desk);
    const kept = await guest.leave({ name: "Hugo", email: "hugo@people.example", message: "evidence" });
    const free = await guest.leave({ name: "Hugo", email: "hugo@people.example", message: "more" });
    const endsAt = new Date(deps.clock.now().getTime() + 86_400_000);
    const hold = { conversationIds: [], leadIds: [kept], basis: "claim", endsAt };
    await placeHold(deps, desk.owner.actor, subjectOf(guest), hold, "hold-key-of-hugo");
    await rectifySubject(deps, desk.owner.actor, subjectOf(guest), { name: "Ugo" }, "asked");
    const leads = await textsOf(guest);
    expect(leads.get(kept)).toMatchObject({ name: "Hugo" });
    expect(leads.get(free)).toMatchObject({ name: "Ugo" });
  });
});
