import { deletePaths, pageOfPaths, tenantCollections } from "../inventory/tenant-records.ts";
import { deleteJobRecord } from "../jobs/end-jobs.ts";
import type { JobStep } from "../jobs/job.ts";
import { closureCompletedLetter } from "../mail/letters.ts";
import type { Deps } from "../platform/deps.ts";
import { daysAfter } from "./closure.ts";
import { openPeople } from "./people.ts";
import { certificateFile } from "./read-certificate.ts";
import { firstCleanUp } from "./remove-remains.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/** After so many days nobody is told any more: an address that takes no mail must not keep the account's record open. */
const tellingDays = 7;

/** Mails the certificate to every owner. At least once: a crash after sending may send a second one. */
export const tellOwners: JobStep<Deps> = {
  name: "tell-owners",
  async run(deps, { job }) {
    const account = await findClosedRecord(deps.stores, job.tenantId);
    if (account === undefined || deps.clock.now() > daysAfter(account.startedAt, tellingDays)) return { done: true };
    const { owners } = await openPeople(deps, job.tenantId, account.people);
    const content = await certificateFile(deps, account);
    const attachments = [{ name: "closure-certificate.json", contentType: "application/json", content }];
    const letter = closureCompletedLetter(job.tenantId, `${deps.config.API_ORIGIN}/v1/logs/${job.tenantId}/keys`);
    for (const to of owners) await deps.mail.send({ to, ...letter, attachments });
    return { done: true, counts: { letters: owners.length } };
  },
};

/**
 * Forgets whom to tell and deletes the last of the account, the record of this job: from here on there is only what
 * outlives it. In one transaction, so that a crash leaves either a job that goes on or an account that is gone.
 */
export const finish: JobStep<Deps> = {
  name: "finish",
  async run(deps, { job, assertHeld }) {
    const { tenantId, id: jobId } = job;
    for (const entry of tenantCollections.filter(({ name }) => name === "shards")) {
      const { paths, after } = await pageOfPaths(deps.stores, entry, tenantId, { limit: 5_000 });
      await deletePaths(deps.stores, entry, paths);
      if (after !== undefined) return { next: { shards: true } };
    }
    const finishedAt = deps.clock.now();
    const cleanUpAt = firstCleanUp(finishedAt);
    await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      changeClosedRecord(tx, deps.stores, tenantId, { state: "done", finishedAt, people: null, cleanUpAt });
      deleteJobRecord(tx, deps.stores, { tenantId, jobId });
    });
    return { gone: true };
  },
};
