import { blindIndex } from "../crypto/blind-index.ts";
import type { Staff } from "../identity/caller.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { type OpenedSubject, openSubject } from "./read-subject.ts";
import { findSubject, listClaimants } from "./store.ts";

/** A person for whom the identifier is claimed. */
export interface Candidate {
  subjectId: string;
  /** Whether the person proved to hold it; a stated claim is a hint for staff and nothing more. */
  verified: boolean;
  subject: OpenedSubject;
}

/**
 * Finds the persons for whom an address, a number or the business's own reference is claimed, exactly as it was given. The entry says that somebody
 * searched and how many were found, never what for; each person found has an entry too.
 *
 * @param value - of the request's body; it is compared as a keyed hash and kept nowhere.
 * @returns at most 50, verified claims first; an erased person is not among them.
 * @throws AppError `key-unavailable`.
 */
export async function searchSubjects(
  deps: Deps,
  staff: Staff,
  kind: "email" | "phone" | "reference",
  value: string,
): Promise<Candidate[]> {
  const { tenantId, actor } = staff;
  const index = await blindIndex(deps, tenantId, kind, value);
  const claims = await listClaimants(deps.stores, tenantId, index);
  const stored = await Promise.all(
    claims.map(async ({ subjectId, level }) => {
      const subject = await findSubject(deps.stores, { tenantId, subjectId });
      // A person whose erasure has begun is no longer shown.
      if (subject === undefined || subject.state === "erasing") return [];
      return [{ subjectId, verified: level === "verified", subject }];
    }),
  );
  const found = stored.flat();
  const audit = await auditContext(deps, tenantId);
  const audits = await Promise.all(found.map(({ subjectId }) => auditContext(deps, tenantId, subjectId)));
  await deps.stores.data.runTransaction(async (tx) => {
    appendEntry(tx, audit, {
      action: "subject-searched",
      actor,
      outcome: "success",
      metadata: { kind, found: found.length },
    });
    for (const [position, person] of found.entries()) {
      appendEntry(tx, audits[position] ?? audit, {
        action: "subject-read",
        actor,
        personalTargets: [{ kind: "subject", id: person.subjectId }],
        outcome: "success",
        metadata: { by: kind },
      });
    }
  });
  return Promise.all(
    found.map(async ({ subjectId, verified, subject }) => ({
      subjectId,
      verified,
      subject: await openSubject(deps, staff, { tenantId, subjectId }, subject),
    })),
  );
}
