import type { RetentionClass } from "../inventory/entry.ts";
import type { Job, JobStep } from "../jobs/job.ts";
import type { JsonValue } from "../ledger/canonical-json.ts";
import { listPersonEntries } from "../ledger/list-person-entries.ts";
import type { Deps } from "../platform/deps.ts";
import { webhookHost } from "../recipients/find-notification.ts";
import { listRetention } from "../retention/change-retention.ts";
import { daysInForce } from "../retention/policy.ts";
import { profileOf } from "../subjects/read-subject.ts";
import { findTenant } from "../tenants/find-tenant.ts";
import { assertBuilding } from "./assert-building.ts";
import { partPath } from "./payload-files.ts";
import { fieldDocumentation, type ProcessingFacts, processingInformation } from "./processing-information.ts";
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
    const { subjectId } = entry;
    const tenant = await findTenant(deps.stores, job.tenantId);
    const contact = tenant === undefined ? "" : `${tenant.privacyContact.name} <${tenant.privacyContact.email}>`;
    await write(
      "processing-information.json",
      processingInformation({
        scope: entry.scope,
        controller: tenant?.name ?? "",
        privacyContact: contact,
        region: deps.config.REGION,
        webhookHost: await webhookHost(deps, job.tenantId),
        daysKept: await periodsOf(deps, job.tenantId),
        counts: job.counts,
        profile: subjectId === undefined ? {} : await profileOf(deps, { tenantId: job.tenantId, subjectId }),
      }),
    );
    await write("fields.json", fieldDocumentation(entry.scope));
    if (entry.scope === "person") await write("access-log.json", await accessLog(deps, job, entry));
    return { done: true };
  },
};

/** How long the business keeps each class at this moment. */
async function periodsOf(deps: Deps, tenantId: string): Promise<ProcessingFacts["daysKept"]> {
  const chosen = new Map<RetentionClass, number | null>(
    (await listRetention(deps, tenantId)).map(({ name, days }) => [name, days]),
  );
  return (name) => (chosen.has(name) ? chosen.get(name) : daysInForce({}, name, deps.clock.now()));
}

/** When staff looked at the person's data and why, without their names. @see GDPR Art. 15(1)(c), CJEU C-579/21 */
async function accessLog(deps: Deps, job: Job, entry: Export): Promise<JsonValue> {
  const entries = await listPersonEntries(deps, job.tenantId, entry.subjectId ?? "");
  return entries
    .filter(({ action }) => looks.has(action))
    .map(({ occurredAt, action, title, actor, targets, metadata }) => ({
      at: occurredAt.toISOString(),
      action,
      by: actor.kind,
      // Where no reason is asked for, the act says what it was for.
      purpose: targets.find(({ kind }) => kind === "reason")?.id ?? title,
      ...(typeof metadata.ground === "string" ? { ground: metadata.ground } : {}),
    }));
}
