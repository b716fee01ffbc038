import type { Transaction } from "@google-cloud/firestore";
import { channelSettings } from "../agents/channel-settings.ts";
import { assertAsked, type Consents, consentsOf, type Notice } from "../consent/notice.ts";
import { consentsInForce, recordFirstConsents, recordGiven } from "../consent/record-consents.ts";
import { blindIndex, idempotentId } from "../crypto/blind-index.ts";
import { createKey, dekOf, destroyKey } from "../crypto/keyring.ts";
import type { ChannelVisitor, DataSubject } from "../identity/caller.ts";
import { takeQuota } from "../identity/take-quota.ts";
import { type AuditContext, appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { addSubject } from "../subjects/add-subject.ts";
import { assertActive } from "../subjects/assert-writable.ts";
import { claimIdentifier, forgetIdentifier } from "../subjects/claim-identifier.ts";
import { claimReference, findByReference } from "../subjects/claim-reference.ts";
import { openConversationsLimit } from "../subjects/freeze-subject.ts";
import { assertKnown, extendProfile, type Profile } from "../subjects/profile.ts";
import { findTokenUse, recordTokenUse, type TokenUse } from "../visitors/use-identity-token.ts";
import { refuseIdentity, type VouchedPerson, verifyIdentityToken } from "../visitors/verify-identity-token.ts";
import { lastUsed, readableHeads } from "./find-head-of.ts";
import { newHead } from "./new-head.ts";
import { roomForOneMore } from "./room-for-one-more.ts";
import { type Session, sessionFor } from "./session.ts";
import { createHead, readHead, readOpenHeads, updateHead } from "./store.ts";

/** What a call of the session route comes to before anything is written. */
interface Arrival {
  visitor: ChannelVisitor;
  notice: Notice;
  consents: Consents;
  who: VouchedPerson;
  /** Made of the idempotency key and the person: a repeated call has the same. */
  callId: string;
  sessionId: string;
  at: Date;
}

/**
 * Begins a session of a person whom the business vouches for. A person who was here before, in whatever browser, is led
 * back to the newest open conversation of this channel; anybody else is a new data subject whose reference, and whose
 * address and number where the business checked them, are verified claims.
 *
 * What somebody who comes back ticks is given; what is left unticked is as it was, given or not.
 *
 * The business's reference alone leads to a person: an address that two persons share leads to neither.
 *
 * @param token - the identity token; used once, and once more only by a repeat of the same call.
 * @param idempotencyKey - a repeat with the same key returns the same person's session.
 * @throws AppError `identity-refused`, `consent-required`, `input-invalid`, `subject-frozen` for a restricted person
 * without an open conversation, `store-unavailable` while another call makes the same person, `key-unavailable`, `rate-limited`.
 * @see GDPR Art. 12(6), DESIGN.md section 3
 */
export async function startIdentifiedSession(
  deps: Deps,
  visitor: ChannelVisitor,
  answers: { noticeVersion: number; consents: Consents },
  token: string,
  idempotencyKey: string,
): Promise<Session> {
  const { tenantId, channelId } = visitor;
  const { notice } = await channelSettings(deps, visitor, answers.noticeVersion);
  assertAsked(notice, answers.noticeVersion, Object.keys(answers.consents));
  await takeQuota(deps, visitor);
  const who = await verifyIdentityToken(deps, visitor, token);
  const scope = `${channelId}/${await blindIndex(deps, tenantId, "reference", who.reference)}`;
  const [callId, sessionId] = await Promise.all([
    idempotentId(deps, tenantId, "conversation", scope, idempotencyKey),
    idempotentId(deps, tenantId, "session", scope, idempotencyKey),
  ]);
  const consents = consentsOf(notice, answers.consents);
  const arrival: Arrival = { visitor, notice, consents, who, callId, sessionId, at: deps.clock.now() };
  const known = await findByReference(deps, tenantId, who.reference);
  return known === undefined ? beginNew(deps, arrival) : comeBack(deps, arrival, known.subjectId);
}

function subjectOf({ visitor, callId, sessionId }: Arrival, subjectId: string): DataSubject {
  const { tenantId, channelId } = visitor;
  return { kind: "data-subject", tenantId, subjectId, conversationId: callId, channelId, sessionId };
}

/** What the token tells of the person; an address that was not checked is told like any other. */
function toldBy({ reference, name, email, phone }: VouchedPerson): Profile {
  return {
    reference,
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email: email.value }),
    ...(email?.verified ? { verifiedEmail: email.value } : {}),
    ...(phone === undefined ? {} : { phone: phone.value }),
  };
}

async function claimContacts(deps: Deps, subject: DataSubject, { email, phone }: VouchedPerson): Promise<void> {
  const level = (verified: boolean) => (verified ? "verified" : "stated");
  if (email !== undefined) await claimIdentifier(deps, subject, "email", email.value, level(email.verified));
  if (phone !== undefined) await claimIdentifier(deps, subject, "phone", phone.value, level(phone.verified));
}

async function forgetClaims(deps: Deps, subject: DataSubject, { reference, email, phone }: VouchedPerson) {
  await forgetIdentifier(deps, subject, "reference", reference);
  await forgetIdentifier(deps, subject, "session", subject.sessionId);
  if (email !== undefined) await forgetIdentifier(deps, subject, "email", email.value);
  if (phone !== undefined) await forgetIdentifier(deps, subject, "phone", phone.value);
  await destroyKey(deps, { collection: "deks", tenantId: subject.tenantId, subjectId: subject.subjectId });
}

function recordStart(
  tx: Transaction,
  audit: AuditContext,
  { visitor, notice, consents }: Arrival,
  subject: DataSubject,
  identity: "new" | "returning",
): void {
  const given = Object.keys(consents).filter((id) => consents[id]);
  appendEntry(tx, audit, {
    action: "session-started",
    actor: { kind: "data-subject", id: subject.subjectId },
    personalTargets: [{ kind: "conversation", id: subject.conversationId }],
    targets: [{ kind: "channel", id: visitor.channelId }],
    outcome: "success",
    isEvidence: given.length > 0,
    metadata: { noticeVersion: notice.version, given, identity },
  });
}

async function beginNew(deps: Deps, arrival: Arrival): Promise<Session> {
  const { visitor, notice, consents, who, callId, at } = arrival;
  const { tenantId } = visitor;
  const subject = subjectOf(arrival, deps.ids.next());
  // A key is written before what it seals. If we die before the transaction, the orphan sweep finds key and claims.
  const dek = await createKey(deps, { collection: "deks", tenantId, subjectId: subject.subjectId });
  const use = await makePerson().catch(async (error: unknown) => {
    await forgetClaims(deps, subject, who);
    throw error;
  });
  if (use === "fresh") return sessionFor(deps, subject, consents);
  await forgetClaims(deps, subject, who);
  return refuseIdentity(deps, visitor, "replay");

  async function makePerson(): Promise<TokenUse> {
    await claimReference(deps, subject, who.reference);
    await claimIdentifier(deps, subject, "session", subject.sessionId, "verified");
    await claimContacts(deps, subject, who);
    const audit = await auditContext(deps, tenantId, subject.subjectId);
    return deps.stores.data.runTransaction(async (tx): Promise<TokenUse> => {
      const [found, other] = await Promise.all([
        findTokenUse(tx, deps.stores, tenantId, { useId: who.useId, callId }),
        readHead(tx, deps.stores, subject),
      ]);
      // The person of an earlier use is gone: the token brings nobody back.
      if (found !== "fresh" || other !== undefined) return "replayed";
      recordTokenUse(tx, deps.stores, tenantId, { useId: who.useId, callId, usedAt: at });
      addSubject(tx, deps.stores, subject, dek, at);
      extendProfile(tx, deps, dek, subject, { state: "active", createdAt: at }, toldBy(who));
      createHead(tx, deps.stores, newHead(subject, notice.version, consents, at));
      recordFirstConsents(tx, deps, subject, notice, consents, at);
      recordStart(tx, audit, arrival, subject, "new");
      return "fresh";
    });
  }
}

async function comeBack(deps: Deps, arrival: Arrival, subjectId: string): Promise<Session> {
  const { visitor, notice, who, callId, at } = arrival;
  const { tenantId, channelId } = visitor;
  const person = subjectOf(arrival, subjectId);
  const [dek, audit] = await Promise.all([dekOf(deps, person), auditContext(deps, tenantId, subjectId)]);
  await claimIdentifier(deps, person, "session", person.sessionId, "verified");
  await claimContacts(deps, person, who);
  const came = await deps.stores.data.runTransaction(async (tx) => {
    const [use, stored, open, inForce, makeRoom] = await Promise.all([
      findTokenUse(tx, deps.stores, tenantId, { useId: who.useId, callId }),
      assertKnown(tx, deps.stores, person),
      readOpenHeads(tx, deps.stores, person, openConversationsLimit + 5),
      consentsInForce(tx, deps, person),
      roomForOneMore(tx, deps.stores, person),
    ]);
    if (use === "replayed") return undefined;
    // Nobody is led back to what is past its period: it could not be read.
    const here = await readableHeads(
      deps,
      tenantId,
      open.filter((head) => head.channelId === channelId),
    );
    const newest = here.sort((a, b) => lastUsed(b).getTime() - lastUsed(a).getTime())[0];
    const subject = { ...person, conversationId: newest?.id ?? callId };
    if (use === "repeated") return { subject, consents: inForce.consents };
    // A restricted person may read on, and nothing is written for one but that the token is used.
    if (newest === undefined) assertActive(stored.state, subjectId);
    recordTokenUse(tx, deps.stores, tenantId, { useId: who.useId, callId, usedAt: at });
    let { consents } = inForce;
    if (stored.state === "active") {
      consents = recordGiven(tx, deps, subject, notice, { answers: arrival.consents, inForce, at });
      extendProfile(tx, deps, dek, subject, stored, toldBy(who));
      const closed = newest === undefined ? makeRoom().map(({ id }) => id) : [];
      for (const { id: conversationId } of open) {
        if (!closed.includes(conversationId)) updateHead(tx, deps.stores, { tenantId, conversationId }, { consents });
      }
      if (newest === undefined) createHead(tx, deps.stores, newHead(subject, notice.version, consents, at));
    }
    recordStart(tx, audit, arrival, subject, "returning");
    return { subject, consents };
  });
  if (came === undefined) return refuseIdentity(deps, visitor, "replay");
  return sessionFor(deps, came.subject, came.consents);
}
