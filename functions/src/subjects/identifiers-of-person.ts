import { blindIndex } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { textsInLeads } from "../leads/texts-in-leads.ts";
import type { Deps } from "../platform/deps.ts";
import type { Profile } from "./profile.ts";
import { maySee, type OpenedSubject } from "./read-subject.ts";
import { listClaims, type SubjectKey } from "./store.ts";

/** An address, a number or the business's own reference that leads to a person. */
export interface PersonIdentifier {
  kind: "email" | "phone" | "reference";
  /** `unclaimed`: it stands in what was told, and nobody finds the person by it. */
  level: "verified" | "stated" | "unclaimed";
  /** Absent where only the keyed hash is kept. */
  value?: string;
}

/**
 * The addresses and numbers by which a person is found, verified ones first. Claims are keyed hashes: one whose words
 * stand in nothing that was told is listed without them.
 *
 * @param told - the profile and leads of the person, as the caller has opened them.
 * @throws AppError `key-unavailable`.
 */
export async function identifiersOfPerson(
  deps: Deps,
  subject: SubjectKey,
  told: readonly Profile[],
): Promise<PersonIdentifier[]> {
  const claims = new Map((await listClaims(deps.stores, subject)).map((claim) => [claim.blindIndex, claim]));
  const found = new Map<string, PersonIdentifier>();
  for (const { kind, value, index } of await identifiersIn(deps, subject, told)) {
    if (!found.has(index)) found.set(index, { kind, value, level: claims.get(index)?.level ?? "unclaimed" });
  }
  for (const { kind, level, blindIndex: index } of claims.values()) {
    if (kind !== "session" && !found.has(index)) found.set(index, { kind, level });
  }
  const order = ["verified", "stated", "unclaimed"];
  return [...found.values()].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}

/**
 * The same for a member of staff who has just looked the person up: in words where the member may see what the person told.
 *
 * @throws AppError `subject-erased`, `key-unavailable`.
 */
export async function identifiersForStaff(
  deps: Deps,
  staff: Staff,
  { subjectId, state, profile }: OpenedSubject,
): Promise<PersonIdentifier[]> {
  const subject = { tenantId: staff.tenantId, subjectId };
  const told = maySee(staff, state) ? [profile, ...(await textsInLeads(deps, subject))] : [];
  return identifiersOfPerson(deps, subject, told);
}

/** Every identifier in what was told, with its blind index. */
export async function identifiersIn(
  deps: Deps,
  subject: SubjectKey,
  told: readonly Profile[],
): Promise<{ kind: PersonIdentifier["kind"]; value: string; index: string }[]> {
  const values = told.flatMap(({ reference, verifiedEmail, verifiedEmails, email, verifiedPhones, phone }) => [
    ...[reference ?? []].flat().map((value) => ({ kind: "reference" as const, value })),
    ...[verifiedEmail ?? [], verifiedEmails ?? [], email ?? []]
      .flat()
      .map((value) => ({ kind: "email" as const, value })),
    ...[verifiedPhones ?? [], phone ?? []].flat().map((value) => ({ kind: "phone" as const, value })),
  ]);
  return Promise.all(
    values.map(async (one) => ({ ...one, index: await blindIndex(deps, subject.tenantId, one.kind, one.value) })),
  );
}
