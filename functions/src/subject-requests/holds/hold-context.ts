import { type AuditContext, type AuditEvent, auditContext } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { findHold, type HoldKey } from "./store.ts";

/** The keys for an entry about a hold, and whom it names: nobody once the person is erased. */
export interface HoldContext {
  audit: AuditContext;
  person: Pick<AuditEvent, "personalTargets">;
}

/**
 * What an entry about a hold needs: the context of the held person; of nobody once that person is erased and only held
 * items are left.
 *
 * @returns `person` names them in the entry; empty for nobody.
 * @throws AppError `key-unavailable`.
 */
export async function holdContext(deps: Deps, key: HoldKey): Promise<HoldContext> {
  const { tenantId } = key;
  const subjectId = (await findHold(deps.stores, key))?.subjectId;
  const audit = await auditContext(deps, tenantId, subjectId).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "subject-erased") return auditContext(deps, tenantId);
    throw error;
  });
  const named = audit.person;
  return {
    audit,
    person: named === undefined ? {} : { personalTargets: [{ kind: "subject", id: named.subjectId }] },
  };
}
