import type { Api } from "./api.ts";
import type { HeldItem, Hold } from "./privacy-shapes.ts";
import type { Ground } from "./shapes.ts";

const of = (subjectId: string, act: string) => `/v1/subjects/${subjectId}/${act}`;

/** Restricts processing on one of the grounds of Art. 18(1). */
export async function restrict(api: Api, subjectId: string, ground: Ground): Promise<void> {
  await api.post(of(subjectId, "restriction"), { body: { ground } });
}

/** Takes a ground of the restriction away; before the last one goes, the person is told. */
export async function liftRestriction(api: Api, subjectId: string, ground: Ground, reason: string): Promise<void> {
  await api.post(of(subjectId, "restriction/lift"), { body: { ground, reason } });
}

/** Records an objection, which restricts at once. */
export async function recordObjection(api: Api, subjectId: string): Promise<void> {
  await api.post(of(subjectId, "objection"));
}

/** Decides an objection; a rejected one lifts the restriction that stands on it alone. */
export async function decideObjection(
  api: Api,
  subjectId: string,
  decision: "upheld" | "rejected",
  reason: string,
): Promise<void> {
  await api.post(of(subjectId, "objection/decision"), { body: { decision, reason } });
}

/** Corrects what a person told; null removes a field. */
export async function rectify(
  api: Api,
  subjectId: string,
  corrected: Readonly<Record<string, string | null>>,
  reason: string,
): Promise<void> {
  await api.post(of(subjectId, "rectification"), { body: { ...corrected, reason } });
}

/** Records that an address or number was found to be the person's, and how. */
export async function verifyIdentifier(
  api: Api,
  subjectId: string,
  identifier: { kind: "email" | "phone"; value: string },
  how: string,
): Promise<void> {
  await api.post(of(subjectId, "identifiers"), { body: { ...identifier, how } });
}

/** Holds of everybody, or of one person: those that nobody lifted first, soonest end first, then those that are over. */
export async function listHolds(
  api: Api,
  subjectId: string | undefined,
  signal: AbortSignal,
): Promise<readonly Hold[]> {
  const holds: Hold[] = [];
  let cursor: string | undefined;
  do {
    const query = { subjectId, cursor };
    const page = await api.get<{ holds: Hold[]; nextCursor?: string }>("/v1/holds", { query, signal });
    holds.push(...page.holds);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return holds;
}

/**
 * Opens what a hold keeps of a person who is erased; audited.
 *
 * @param before - only what was asked before this time.
 */
export function readHeldItem(api: Api, holdId: string, itemId: string, before?: string): Promise<HeldItem> {
  return api.get<HeldItem>(`/v1/holds/${holdId}/items/${itemId}`, { query: { before } });
}

export interface HoldFields {
  conversationIds: readonly string[];
  leadIds: readonly string[];
  basis: string;
  endsAt: string;
}

/** Keeps named items of a person until a date. */
export async function placeHold(
  api: Api,
  subjectId: string,
  fields: HoldFields,
  idempotencyKey: string,
): Promise<void> {
  await api.post(of(subjectId, "holds"), { body: fields, idempotencyKey });
}

/** Moves the end of a hold to a later date. */
export async function extendHold(api: Api, holdId: string, endsAt: string, reason: string): Promise<void> {
  await api.post(`/v1/holds/${holdId}/extension`, { body: { endsAt, reason } });
}

/** Releases a hold before its end. */
export async function liftHold(api: Api, holdId: string, reason: string): Promise<void> {
  await api.post(`/v1/holds/${holdId}/lift`, { body: { reason } });
}
