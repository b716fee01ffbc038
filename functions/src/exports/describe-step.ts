import { dekOf } from "../crypto/keyring.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import type { JsonValue } from "../ledger/canonical-json.ts";
import { listPersonEntries } from "../ledger/list-person-entries.ts";
import type { Deps } from "../platform/deps.ts";
import { webhookHost } from "../recipients/find-notification.ts";
import { findTenant } from "../tenants/find-tenant.ts";
import { assertBuilding } from "./assert-building.ts";
import { partPath } from "./payload-files.ts";
import { fieldDocumentation, processingInformation } from "./processing-information.ts";
import type { Export } from "./store.ts";

/** Acts that are a look at the person's data by the business. */
const looks = new Set([
  "conversation-read",
  "subject-read",
  "subject-searched",
  "leads-read",
  "restricted-data-used",
  "erasure-previewed",
  "export-requested",
  "export-link-issued",
]);

/** Writes what goes with the data: information under Art. 15, the meaning of every field, and who looked when and why. */
export const describe: JobStep<Deps> = {
  name: "describe",
  async run(deps, { job }) {
    const entry = await assertBuilding(deps, job);
    const write = (name: string, value: JsonValue) =>
      deps.buckets.write(
        "exports",
        partPath(entry, `bytes/${name}`, 0),
        Buffer.from(`${JSON.stringify(value, null, 2)}\n`),
        "application/json",
      );
    const tenant = await findTenant(deps.stores, job.tenantId);
    const contact = tenant === undefined ? "" : `${tenant.privacyContact.name} <${tenant.privacyContact.email}>`;
    await write(
      "processing-information.json",
      processingInformation({
        controller: tenant?.name ?? "",
        privacyContact: contact,
        region: deps.config.REGION,
        webhookHost: await webhookHost(deps, job.tenantId),
      }),
    );
    await write("fields.json", fieldDocumentation(entry.scope));
    if (entry.scope === "person") await write("access-log.json", await accessLog(deps, job, entry));
    return { done: true };
  },
};

/** When staff looked at the person's data and why, without their names. @see GDPR Art. 15(1)(c), CJEU C-579/21 */
async function accessLog(deps: Deps, job: Job, entry: Export): Promise<JsonValue> {
  const subjectId = entry.subjectId ?? "";
  const dek = await dekOf(deps, { tenantId: job.tenantId, subjectId });
  const entries = await listPersonEntries(deps, job.tenantId, dek);
  return entries
    .filter(({ leaf }) => looks.has(leaf.action))
    .map(({ leaf }) => ({
      at: leaf.occurredAt.toISOString(),
      action: leaf.action,
      by: leaf.actor.kind,
      purpose: leaf.metadata.reason ?? null,
    }));
}
