import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { withoutDue } from "../retention/without-due.ts";
import type { Export } from "./store.ts";

/** Those of some exports that may be seen and fetched: what is past its period is hidden. */
export function readableExports(deps: Deps, tenantId: string, exports: readonly Export[]): Promise<Export[]> {
  return withoutDue(deps, tenantId, "exports", exports, ({ id: exportId, subjectId, createdAt }) => ({
    path: documentPath("exports", { tenantId, exportId }),
    subjectId,
    agedAt: createdAt,
  }));
}
