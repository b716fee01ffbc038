import { type AuditContext, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";

/**
 * The keys for an entry about a person of whom something is asked.
 *
 * @throws AppError `not-found` for a person who has no key: never met, or erased; `key-unavailable`.
 */
export async function contextOfSubject(deps: Deps, tenantId: string, subjectId: string): Promise<AuditContext> {
  return auditContext(deps, tenantId, subjectId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased")
      throw new AppError("not-found", `no subject ${subjectId}`, { cause: error });
    throw error;
  });
}
