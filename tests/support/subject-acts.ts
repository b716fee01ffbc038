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
import { openShop, type Shop } from "./shop.ts";

/** A business with one visitor, of whom something is done. */
export interface Stage {
  region: SimulatedRegion;
  operator: Deps;
  shop: Shop;
  alice: DataSubject;
  leadId: string;
  /** What the act before gave. */
  made: unknown;
}

/** Something that staff or the visitor does. */
export type Act = (deps: Deps, stage: Stage) => Promise<unknown>;

/** Opens a business with one visitor, and lets happen what the act stands on. */
export async function openStage(before: Act | undefined): Promise<Stage> {
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

/** What a call came to: its answer, or the code of its error. */
export function outcomeOf(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => {
    if (error instanceof AppError) return error.code;
    throw error;
  });
}

/**
 * Acts, and lets something else happen right before one operation of that on the world.
 *
 * @param operation - which one, from 1.
 * @returns what the act came to; undefined when it has fewer operations, and nothing else happened.
 */
export async function interrupted(
  stage: Stage,
  act: Act,
  operation: number,
  interrupt: () => Promise<unknown>,
): Promise<{ outcome: unknown } | undefined> {
  let operations = 0;
  const gate: Gate = async (_operation, apply) => {
    operations += 1;
    if (operations === operation) await interrupt();
    return apply();
  };
  const outcome = await outcomeOf(act(stage.region.instance(gate), stage));
  return operations < operation ? undefined : { outcome };
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

/** What staff and visitors do about a person, and what has to happen before. */
export const acts: Readonly<Record<string, { act: Act; before?: Act }>> = {
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
