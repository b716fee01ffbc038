import { beginTurn } from "../../functions/src/conversations/begin-turn.ts";
import { changeConsent } from "../../functions/src/conversations/change-consent.ts";
import { finishTurn } from "../../functions/src/conversations/finish-turn.ts";
import { newConversation } from "../../functions/src/conversations/new-conversation.ts";
import { startSession } from "../../functions/src/conversations/start-session.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { documentPath } from "../../functions/src/inventory/collections.ts";
import { createLead } from "../../functions/src/leads/create-lead.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { AppError } from "../../functions/src/platform/errors.ts";
import { setWebhook } from "../../functions/src/recipients/set-webhook.ts";
import { startRetention } from "../../functions/src/retention/sweep-retention.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import type { ErasureScope } from "../../functions/src/subject-requests/erasure/scope.ts";
import { placeHold } from "../../functions/src/subject-requests/holds/place-hold.ts";
import { claimIdentifier } from "../../functions/src/subjects/claim-identifier.ts";
import { openShop, type Shop } from "../support/shop.ts";
import type { Random } from "./random.ts";
import type { SimulatedRegion } from "./region.ts";

const staff = { kind: "member", id: "staff1" } as const;

/** Words that no search may find of an erased person. */
export const canary = "canary-of-alice";

/** Words that no search may find of the one chat or lead that is erased of a person who stays. */
export const partCanary = "canary-of-erin";

/** One chat or one lead of somebody, which may be erased alone. */
export type Part = Exclude<ErasureScope, { kind: "person" }>;

/**
 * Who is in the story: one who will be erased, one who stays, in some stories one of whom a part is erased, and guests of a
 * year ago, of whom nobody asks anything.
 */
export interface Cast {
  shop: Shop;
  alice: DataSubject;
  /** The first chat and lead of the person who will be erased. */
  aliceParts: readonly Part[];
  bob: DataSubject;
  erin: { person: DataSubject; part: Part } | undefined;
  guests: readonly DataSubject[];
  /** Path of an item of the erased person that the law keeps. */
  held: string | undefined;
}

const [hourMs, dayMs] = [3_600_000, 86_400_000];

/** Opens a business and lets visitors say something, without faults: where every story begins. */
export async function prologue(region: SimulatedRegion, deps: Deps, choices: Random): Promise<Cast> {
  const startMs = region.nowMs;
  const hasGuests = choices.chance(0.4);
  if (hasGuests) region.nowMs = startMs - 430 * dayMs;
  const shop = await openShop(deps, "sim");
  const guests: DataSubject[] = [];
  if (hasGuests) {
    const yearAgoMs = startMs - 365 * dayMs;
    // One whose period has ended when the story begins, one whose period ends within the day.
    guests.push(await visitLongAgo(region, deps, shop, "carol", yearAgoMs - choices.below(40 * dayMs), choices));
    guests.push(
      await visitLongAgo(region, deps, shop, "dave", yearAgoMs + hourMs + choices.below(22 * hourMs), choices),
    );
    region.nowMs = startMs;
  }
  const [alice, bob] = [await arrive(deps, shop, "alice"), await arrive(deps, shop, "bob")];
  const lead = { name: canary, email: `${canary}@people.example`, message: canary };
  const { id: leadId } = await createLead(deps, alice, lead, "alice-lead-1");
  await createLead(deps, bob, { name: "bob", email: "bob@people.example", message: "bob was here" }, "bob-lead-1");
  await turn(deps, bob, "bob asked", "bob-turn-key-first");
  await claimIdentifier(deps, alice, "email", `${canary}@people.example`, "verified");
  const { subjectId, conversationId } = alice;
  const aliceParts: Part[] = [
    { kind: "conversation", subjectId, conversationId },
    { kind: "lead", subjectId, leadId },
  ];
  const held = choices.chance(0.25) ? await hold(deps, alice, leadId, choices) : undefined;
  const erin = choices.chance(0.35) ? await stayInPart(deps, shop, choices) : undefined;
  if (choices.chance(0.35)) await setWebhook(deps, shop.staff, "https://hooks.sim.example/lethe");
  return { shop, alice, aliceParts, bob, erin, guests, held };
}

/** A person with two chats and two leads, of which one thing will be erased. */
async function stayInPart(deps: Deps, shop: Shop, choices: Random): Promise<{ person: DataSubject; part: Part }> {
  const person = await arrive(deps, shop, "erin");
  const { subjectId, conversationId } = person;
  const isLead = choices.chance(0.5);
  const lead = (words: string, key: string) =>
    createLead(deps, person, { email: "erin@people.example", message: words }, key);
  const { id: leadId } = await lead(isLead ? partCanary : "call me", "erin-lead-1");
  await lead("call me too", "erin-lead-2");
  await turn(deps, person, isLead ? "erin asked" : partCanary, "erin-turn-key-first");
  const { token } = await newConversation(deps, person, "erin-conversation-2");
  const second = openSessionToken(deps.config, token, deps.clock.now());
  await turn(deps, second, "erin asked again", "erin-turn-key-second");
  return {
    person,
    part: isLead ? { kind: "lead", subjectId, leadId } : { kind: "conversation", subjectId, conversationId },
  };
}

/** Begins a visitor's first conversation. */
export async function arrive(deps: Deps, shop: Shop, name: string): Promise<DataSubject> {
  const visitor = { kind: "channel", tenantId: shop.tenantId, channelId: shop.channelId } as const;
  const answers = { noticeVersion: 1, consents: { remember: true } };
  const session = await startSession(deps, visitor, answers, `${name}-session-key-of-32-characters-or-more`);
  return openSessionToken(deps.config, session.token, deps.clock.now());
}

async function visitLongAgo(
  region: SimulatedRegion,
  deps: Deps,
  shop: Shop,
  name: string,
  atMs: number,
  choices: Random,
): Promise<DataSubject> {
  region.nowMs = atMs;
  const guest = await arrive(deps, shop, name);
  // Some begin a chat and ask nothing.
  if (choices.chance(0.7)) await turn(deps, guest, `${name} was here`, `${name}-turn-key-first`);
  if (choices.chance(0.5))
    await createLead(deps, guest, { email: `${name}@people.example`, message: "call me" }, `${name}-lead-1`);
  // Some take back what they consented to, half a year later: the proof of that outlives the chat.
  if (choices.chance(0.3)) {
    region.nowMs = atMs + 180 * dayMs;
    const change = { purpose: "remember", given: false, noticeVersion: 1 };
    await changeConsent(deps, guest, change, `${name}-withdrawal-key`);
  }
  return guest;
}

/** A duty to keep the lead or the conversation. @returns the path of what is kept. */
async function hold(deps: Deps, who: DataSubject, leadId: string, choices: Random): Promise<string> {
  const { tenantId, conversationId } = who;
  const isLead = choices.chance(0.5);
  const items = isLead
    ? { leadIds: [leadId], conversationIds: [] }
    : { leadIds: [], conversationIds: [conversationId] };
  const endsAt = new Date(deps.clock.now().getTime() + 400 * dayMs);
  await placeHold(deps, staff, who, { ...items, basis: "a lawsuit", endsAt }, "hold-1");
  return isLead
    ? documentPath("leads", { tenantId, leadId })
    : documentPath("conversations", { tenantId, conversationId });
}

/** A turn without its model: the question is made durable, then the answer. What happens between is up to the scheduler. */
export async function turn(deps: Deps, who: DataSubject, words: string, key: string): Promise<void> {
  const begun = await beginTurn(deps, who, words, key, deps.ids.next());
  if (begun.kind !== "own") return;
  const result = {
    answer: words,
    outcome: "answered",
    handoff: false,
    citations: [],
    citedChunkIds: [],
    model: "none",
    promptTokens: 1,
    answerTokens: 1,
  } as const;
  await finishTurn(deps, begun.own, who.channelId, result, 1);
}

/** A client's act: tried again while the answer says that it may help, as browsers and people do. */
export async function patiently(act: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; attempt < 6; attempt += 1) {
    try {
      await act();
      return;
    } catch (error) {
      if (error instanceof AppError && !error.retry) return;
    }
  }
}

/** What a client does, and how long after the story began. */
export interface Act {
  name: string;
  afterMs: number;
  work(deps: Deps): Promise<void>;
}

/** What may happen to people while an erasure is asked for and runs. Each is a client with an instance of its own. */
export function acts(cast: Cast, choices: Random, startedAt: Date): Act[] {
  const { alice, bob, shop, guests } = cast;
  const soon = () => choices.below(20_000);
  const write = (who: DataSubject, name: string, words: string) => {
    const number = choices.below(3);
    const kinds: ((deps: Deps) => Promise<unknown>)[] = [
      (deps) =>
        createLead(deps, who, { email: `${words}@people.example`, message: words }, `${name}-lead-${number + 2}`),
      (deps) =>
        changeConsent(
          deps,
          who,
          { purpose: "remember", given: number % 2 === 0, noticeVersion: 1 },
          `${name}-consent-${number}`,
        ),
      (deps) => newConversation(deps, who, `${name}-conversation-${number}`),
      (deps) => turn(deps, who, words, `${name}-turn-key-${number}`),
    ];
    return choices.pick(kinds);
  };
  const list: Act[] = [];
  for (let turn = 0; turn < 3 + choices.below(4); turn += 1) {
    const [who, name, words] = choices.chance(0.6)
      ? ([alice, "alice", canary] as const)
      : ([bob, "bob", "bob again"] as const);
    const act = write(who, name, words);
    list.push({ name: `${name} writes`, afterMs: soon(), work: (deps: Deps) => patiently(() => act(deps)) });
  }
  const subjectId = alice.subjectId;
  if (choices.chance(0.6)) {
    list.push({
      name: "staff exports alice",
      afterMs: soon(),
      work: (deps: Deps) =>
        patiently(() => requestExport(deps, staff, shop.tenantId, { subjectId, format: "json" }, "export-alice-1")),
    });
  }
  if (choices.chance(0.2)) {
    list.push({
      name: "staff exports the account",
      afterMs: soon(),
      work: (deps: Deps) =>
        patiently(() => requestExport(deps, staff, shop.tenantId, { format: "bag" }, "export-account-1")),
    });
  }
  if (guests.length > 0 && choices.chance(0.8)) {
    list.push({
      name: "retention is due",
      afterMs: soon(),
      work: (deps: Deps) => patiently(() => startRetention(deps, shop.tenantId, startedAt)),
    });
  }
  if (guests.length > 0 && choices.chance(0.4)) {
    const guest = choices.pick(guests);
    list.push({
      name: "a guest comes back",
      afterMs: soon(),
      work: (deps: Deps) => patiently(() => turn(deps, guest, "here again", "guest-turn-key-second")),
    });
  }
  const erase = (name: string, scope: ErasureScope) => {
    for (let click = 0; click < 1 + choices.below(2); click += 1) {
      list.push({
        name,
        afterMs: soon(),
        work: (deps: Deps) => patiently(() => requestErasure(deps, staff, shop.tenantId, scope, "asked")),
      });
    }
  };
  erase("staff erases alice", { kind: "person", subjectId });
  for (const part of cast.aliceParts) if (choices.chance(0.2)) erase(`staff erases a ${part.kind} of alice`, part);
  if (cast.erin !== undefined) erase(`staff erases a ${cast.erin.part.kind} of erin`, cast.erin.part);
  return list;
}

/** The erasure that every story must have asked for in the end, whatever became of the clients. */
export async function insist(deps: Deps, cast: Cast): Promise<void> {
  await patiently(() =>
    requestErasure(deps, staff, cast.shop.tenantId, { kind: "person", subjectId: cast.alice.subjectId }, "asked"),
  );
}
