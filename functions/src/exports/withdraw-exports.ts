import type { Transaction } from "@google-cloud/firestore";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { removeExportFiles } from "./remove-export-files.ts";
import { type Export, findExportIn, listAccountExports, listExportsOfPerson, updateExport } from "./store.ts";

/**
 * Deletes whole-account exports, since each may hold a person who is being erased; the account can be exported again
 * without them.
 *
 * @param beside - writes that stand exactly if one is withdrawn.
 * @returns how many there were.
 */
export async function withdrawAccountExports(
  deps: Deps,
  tenantId: string,
  beside: (tx: Transaction) => void,
): Promise<number> {
  return withdraw(deps, tenantId, await listAccountExports(deps.stores, tenantId), beside);
}

/**
 * Deletes a person's own exports, since each may hold what is being erased of the person; the person can be exported again
 * without it.
 *
 * @param beside - writes that stand exactly if one is withdrawn.
 * @returns how many there were.
 */
export async function withdrawExportsOfPerson(
  deps: Deps,
  { tenantId, subjectId }: { tenantId: string; subjectId: string },
  beside: (tx: Transaction) => void,
): Promise<number> {
  return withdraw(deps, tenantId, await listExportsOfPerson(deps.stores, tenantId, subjectId), beside);
}

async function withdraw(
  deps: Deps,
  tenantId: string,
  exports: readonly Export[],
  beside: (tx: Transaction) => void,
): Promise<number> {
  if (exports.length === 0) return 0;
  const audit = await auditContext(deps, tenantId);
  for (const { id } of exports) {
    await deps.stores.data.runTransaction(async (tx) => {
      const current = await findExportIn(tx, deps.stores, tenantId, id);
      if (current === undefined || current.state === "withdrawn") return;
      updateExport(tx, deps.stores, { id, tenantId }, { state: "withdrawn" });
      beside(tx);
      appendEntry(tx, audit, {
        action: "export-deleted",
        actor: { kind: "system", id: "erasure-step" },
        targets: [{ kind: "export", id }],
        outcome: "success",
        metadata: { reason: "held what was erased" },
      });
    });
    // Withdrawn: no link is issued any more, and a build in progress stops at its next step. The files follow.
    await removeExportFiles(deps, tenantId, id);
  }
  return exports.length;
}
