import type { Transaction } from "@google-cloud/firestore";
import { deletePaths, pageOfPaths, tenantCollections } from "../inventory/tenant-records.ts";
import { deleteJobRecord } from "../jobs/end-jobs.ts";
import type { JobStep } from "../jobs/job.ts";
import { withNote } from "../mail/letter-note.ts";
import { closureCompletedLetter } from "../mail/letters.ts";
import { onEach } from "../mail/on-each.ts";
import { claimMs, type LetterPlace, sendOnce } from "../mail/send-once.ts";
import { countLetters } from "../mail/write-to-person.ts";
import type { Deps } from "../platform/deps.ts";
import { daysAfter } from "./closure.ts";
import { openPeople } from "./people.ts";
import { certificateFile } from "./read-certificate.ts";
import { firstCleanUp } from "./remove-remains.ts";
import { changeClosedRecord, findClosedRecord } from "./store.ts";

/** After so many days nobody is told any more: an address that fails and fails must not keep the account's record open. */
const tellingDays = 7;

/**
 * Mails the certificate to every owner, once each. The list of owners is sealed and never changes, so that a place in it
 * names an owner without saying who: no key is left to hide an address with.
 */
export const tellOwners: JobStep<Deps> = {
  name: "tell-owners",
  async run(deps, { job }) {
    const account = await findClosedRecord(deps.stores, job.tenantId);
    if (account === undefined || deps.clock.now() > daysAfter(account.startedAt, tellingDays)) return { done: true };
    const { owners } = await openPeople(deps, job.tenantId, account.people);
    const content = await certificateFile(deps, account);
    const attachments = [{ name: "closure-certificate.json", contentType: "application/json", content }];
    const letter = closureCompletedLetter(job.tenantId, `${deps.config.API_ORIGIN}/v1/logs/${job.tenantId}/keys`);
    const outcomes = await onEach([...owners.entries()], ([place, to]) =>
      sendOnce(deps, { to, ...letter, attachments }, (tx) => placeIn(tx, deps, job.tenantId, `certificate-${place}`)),
    );
    const { told, undeliverable, underWay } = countLetters(outcomes);
    if (underWay > 0) return { waitUntil: new Date(deps.clock.now().getTime() + claimMs) };
    return { done: true, counts: { letters: told, undeliverable } };
  },
};

/** A letter's place in what outlives the account. */
async function placeIn(tx: Transaction, deps: Deps, tenantId: string, name: string): Promise<LetterPlace | undefined> {
  const account = await findClosedRecord(deps.stores, tenantId, tx);
  if (account === undefined) return undefined;
  const letters = account.letters ?? {};
  return {
    note: letters[name],
    save: (note) => changeClosedRecord(tx, deps.stores, tenantId, { letters: withNote(letters, name, note) }),
  };
}

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
