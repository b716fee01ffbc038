import type { Staff } from "../identity/caller.ts";
import { recordRefusal } from "../identity/record-refusal.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { mayHave } from "./may-have.ts";
import { objectPath } from "./payload-files.ts";
import { readableExports } from "./readable-exports.ts";
import { findExport, findExportIn } from "./store.ts";

const linkMinutes = 15;

/**
 * Issues a link to an export's file for 15 minutes. Issuing is the audited act; each link is one entry.
 *
 * @param staff - who asks; the caller has seen to `exports:read`. A whole account asks for `exports:account` besides.
 * @throws AppError `not-found`; `forbidden` without that, which is audited; `link-expired` when the file is gone; `job-conflict` while it is built;
 * `key-unavailable` when the entry cannot be written.
 */
export async function issueExportLink(
  deps: Deps,
  staff: Staff,
  exportId: string,
): Promise<{ url: string; expiresAt: Date; proofUrl?: string }> {
  const { actor, tenantId } = staff;
  const entry = await findExport(deps.stores, tenantId, exportId);
  if (entry === undefined) throw new AppError("not-found", `no export ${exportId}`);
  if (!mayHave(staff, entry.scope)) {
    await recordRefusal(deps, staff, "exports:account");
    throw new AppError("forbidden", `${staff.role} does not have the permission exports:account`);
  }
  const now = deps.clock.now();
  if (entry.state === "building") throw new AppError("job-conflict", `export ${exportId} is still being built`);
  const isReadable = (await readableExports(deps, tenantId, [entry])).length > 0;
  if (entry.state !== "ready" || entry.expiresAt <= now || !isReadable)
    throw new AppError("link-expired", `export ${exportId} has no file any more`);
  const audit = await auditContext(deps, tenantId, entry.subjectId);
  const expiresAt = new Date(now.getTime() + linkMinutes * 60_000);
  const url = await deps.buckets.link(
    "exports",
    objectPath(entry),
    entry.format === "bag" ? "export.zip" : "subject.json",
    expiresAt,
  );
  const proof =
    entry.format === "json"
      ? await deps.buckets.link("exports", `${objectPath(entry)}.dsse.json`, "subject.json.dsse.json", expiresAt)
      : undefined;
  await deps.stores.data.runTransaction(async (tx) => {
    const current = await findExportIn(tx, deps.stores, tenantId, exportId);
    if (current?.state !== "ready") throw new AppError("link-expired", `export ${exportId} has no file any more`);
    appendEntry(tx, audit, {
      action: "export-link-issued",
      actor,
      ...(entry.subjectId === undefined ? {} : { personalTargets: [{ kind: "subject", id: entry.subjectId }] }),
      targets: [{ kind: "export", id: exportId }],
      outcome: "success",
      metadata: { minutes: linkMinutes },
    });
  });
  // The link leaves this function only once its entry is durable.
  return { url, expiresAt, ...(proof === undefined ? {} : { proofUrl: proof }) };
}
