import { isDeepStrictEqual } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { changeConsent } from "../../functions/src/conversations/change-consent.ts";
import { newConversation } from "../../functions/src/conversations/new-conversation.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { requestErasureOnce } from "../../functions/src/subject-requests/erasure/request-erasure-once.ts";
import { extendHold } from "../../functions/src/subject-requests/holds/extend-hold.ts";
import { liftHold } from "../../functions/src/subject-requests/holds/lift-hold.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { decideObjection } from "../../functions/src/subject-requests/rights/decide-objection.ts";
import { liftRestriction } from "../../functions/src/subject-requests/rights/lift-restriction.ts";
import { recordObjection } from "../../functions/src/subject-requests/rights/record-objection.ts";
import { rectifySubject } from "../../functions/src/subject-requests/rights/rectify-subject.ts";
import { restrictSubject } from "../../functions/src/subject-requests/rights/restrict-subject.ts";
import { verifyIdentifier } from "../../functions/src/subject-requests/rights/verify-identifier.ts";
import { type Gate, runNow } from "../fakes/memory-firestore/memory-firestore.ts";
import { type SimulatedRegion, simulatedRegion } from "../simulation/region.ts";
import { arrive, turn } from "../simulation/story.ts";
import "../support/quiet.ts";
import { openShop, type Shop } from "../support/shop.ts";

interface Stage {
  region: SimulatedRegion;
  operator: Deps;
  shop: Shop;
  alice: DataSubject;
  leadId: string;
  /** What the act before gave. */
  made: unknown;
}

type Act = (deps: Deps, stage: Stage) => Promise<unknown>;

/** Opens a business with one visitor, and lets happen what the act stands on. */
async function open(before: Act | undefined): Promise<Stage> {
  const region = simulatedRegion(1);
  const operator = region.instance(runNow);
  const shop = await openShop(operator, "twice");
  const alice = await arrive(operator, shop, "alice");
  const { id: leadId } = await createLead(
    operator,
    alice,
    { email: "alice@people.example", message: "" },
    "lead-key-1",
  );
  await turn(operator, alice, "a question", "turn-key-first");
  const stage = { region, operator, shop, alice, leadId, made: undefined };
  return { ...stage, made: await before?.(operator, stage) };
}

/** How many records there are of each collection: of jobs, holds, requests, audit entries, ... */
function countsOf({ data, keys }: SimulatedRegion): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const path of [...data.paths(), ...keys.paths()]) {
    const name = path.split("/").at(-2) ?? "";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** What a call came to: its answer, or the code of its error. */
function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => {
    if (error instanceof AppError) return error.code;
    throw error;
  });
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
  const stage = await open(before);
  const first = await outcomeOf(act(stage.operator, stage));
  const second = await outcomeOf(act(stage.operator, stage));
  return { outcome: told(first, second), counts: countsOf(stage.region) };
}

/** Acts, and again right before one operation of the first. @returns undefined when the first has fewer operations. */
async function interleaved(act: Act, before: Act | undefined, operation: number): Promise<Twice | undefined> {
  const stage = await open(before);
  let operations = 0;
  let second: unknown;
  const gate: Gate = async (_operation, apply) => {
    operations += 1;
    if (operations === operation) second = await outcomeOf(act(stage.operator, stage));
    return apply();
  };
  const first = await outcomeOf(act(stage.region.instance(gate), stage));
  return operations < operation ? undefined : { outcome: told(first, second), counts: countsOf(stage.region) };
}

const inAMonth = ({ clock }: Deps) => new Date(clock.now().getTime() + 30 * 86_400_000);
const holdLead: Act = (deps, { shop, alice, leadId }) =>
  placeHold(
    deps,
    shop.staff.actor,
    alice,
    { leadIds: [leadId], conversationIds: [], basis: "a lawsuit", endsAt: inAMonth(deps) },
    "hold-key-1",
  );
const object: Act = (deps, { shop, alice }) => recordObjection(deps, shop.staff.actor, alice);
const erase =
  (scopeOf: (stage: Stage) => Parameters<typeof requestErasureOnce>[3]["scope"]): Act =>
  (deps, stage) => {
    const asked = { scope: scopeOf(stage), reason: "asked" };
    return requestErasureOnce(deps, stage.shop.staff.actor, stage.shop.tenantId, asked, "erasure-key-1");
  };

const lifted: Act = (deps, { shop, made }) => liftHold(deps, shop.staff.actor, shop.tenantId, String(made), "settled");

const acts: Readonly<Record<string, { act: Act; before?: Act }>> = {
  "the erasure of a person": { act: erase(({ alice: { subjectId } }) => ({ kind: "person", subjectId })) },
  "the erasure of a person of whom something is kept": {
    act: erase(({ alice: { subjectId } }) => ({ kind: "person", subjectId })),
    before: holdLead,
  },
  "the erasure of a conversation": {
    act: erase(({ alice: { subjectId, conversationId } }) => ({ kind: "conversation", subjectId, conversationId })),
  },
  "the erasure of a lead": {
    act: erase(({ alice: { subjectId }, leadId }) => ({ kind: "lead", subjectId, leadId })),
  },
  "the export of a person": {
    act: (deps, { shop, alice: { subjectId } }) =>
      requestExport(deps, shop.staff.actor, shop.tenantId, { subjectId, format: "json" }, "export-key-1"),
  },
  "the export of an account": {
    act: (deps, { shop }) => requestExport(deps, shop.staff.actor, shop.tenantId, { format: "bag" }, "export-key-1"),
  },
  "a hold": { act: holdLead },
  "a longer hold": {
    act: (deps, { shop, made }) => {
      const extension = { endsAt: new Date(inAMonth(deps).getTime() + 86_400_000), reason: "it goes on" };
      return extendHold(deps, shop.staff.actor, shop.tenantId, String(made), extension);
    },
    before: holdLead,
  },
  "the end of a hold": { act: lifted, before: holdLead },
  "a restriction": { act: (deps, { shop, alice }) => restrictSubject(deps, shop.staff.actor, alice, "accuracy") },
  "the end of a restriction": {
    act: (deps, { shop, alice }) => liftRestriction(deps, shop.staff.actor, alice, "it is accurate"),
    before: (deps, { shop, alice }) => restrictSubject(deps, shop.staff.actor, alice, "accuracy"),
  },
  "an objection": { act: object },
  "the decision of an objection": {
    act: (deps, { shop, alice }) => decideObjection(deps, shop.staff.actor, alice, "rejected", "no reason is given"),
    before: object,
  },
  "a rectification": {
    act: (deps, { shop, alice }) => rectifySubject(deps, shop.staff.actor, alice, { name: "Alice" }, "misspelt"),
  },
  "a verified identifier": {
    act: (deps, { shop, alice }) => {
      const identifier = { kind: "email", value: "alice@people.example" } as const;
      return verifyIdentifier(deps, shop.staff.actor, alice, identifier, "she called");
    },
  },
  "a lead": {
    act: (deps, { alice }) =>
      createLead(deps, alice, { email: "alice@people.example", message: "again" }, "lead-key-2"),
  },
  "a withdrawn consent": {
    act: (deps, { alice }) =>
      changeConsent(deps, alice, { purpose: "remember", given: false, noticeVersion: 1 }, "consent-key-1"),
  },
  "a new conversation": { act: (deps, { alice }) => newConversation(deps, alice, "conversation-key-1") },
};

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
