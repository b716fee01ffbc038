import { blindIndex } from "../crypto/blind-index.ts";
import type { Deps } from "../platform/deps.ts";
import type { Profile } from "./profile.ts";
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
  const given = told.flatMap(({ email, phone, reference, verifiedEmail }) => [
    ...(reference === undefined ? [] : [{ kind: "reference" as const, value: reference }]),
    ...(verifiedEmail === undefined ? [] : [{ kind: "email" as const, value: verifiedEmail }]),
    ...(email === undefined ? [] : [{ kind: "email" as const, value: email }]),
    ...(phone === undefined ? [] : [{ kind: "phone" as const, value: phone }]),
  ]);
  const claims = new Map((await listClaims(deps.stores, subject)).map((claim) => [claim.blindIndex, claim]));
  const found = new Map<string, PersonIdentifier>();
  for (const { kind, value } of given) {
    const index = await blindIndex(deps, subject.tenantId, kind, value);
    if (!found.has(index)) found.set(index, { kind, value, level: claims.get(index)?.level ?? "unclaimed" });
  }
  for (const { kind, level, blindIndex: index } of claims.values()) {
    if (kind !== "session" && !found.has(index)) found.set(index, { kind, level });
  }
  const order = ["verified", "stated", "unclaimed"];
  return [...found.values()].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
}
