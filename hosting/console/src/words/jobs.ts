import type { Job, JobKindName } from "../api/shapes.ts";
import { humanize, sentence, storeName } from "./things.ts";

/** A step as the API names it, with what it means. */
export interface StepWords {
  name: string;
  title: string;
  /** Said while the step runs or waits. */
  meanwhile?: string;
}

/** The API may know kinds that this page does not. */
const kinds: Readonly<Record<string, string>> = {
  export: "Export",
  erasure: "Erasure",
  retention: "Purge of expired data",
  closure: "Account deletion",
  knowledge: "Reading a document",
  rotation: "Key rotation",
  workflow: "Workflow",
  webhook: "Webhook delivery",
};

const steps: Partial<Record<JobKindName, readonly StepWords[]>> = {
  erasure: [
    { name: "record-tombstone", title: "Freeze the person" },
    { name: "reseal-held", title: "Set aside what the law keeps" },
    { name: "destroy-key", title: "Destroy the person's key" },
    { name: "hide-knowledge", title: "Put saved answers aside for review" },
    { name: "delete-exports", title: "Delete export files" },
    { name: "delete-records", title: "Delete every record" },
    { name: "tell-recipients", title: "Tell recipients" },
    {
      name: "wait-for-caches",
      title: "Wait until no server remembers",
      meanwhile:
        "Servers keep an opened key in memory for at most five minutes. Nothing can be read meanwhile; the deletion is repeated afterwards.",
    },
    { name: "delete-again", title: "Delete once more" },
    { name: "delete-exports-again", title: "Delete export files once more" },
    {
      name: "await-recipients",
      title: "Wait for your own software to answer",
      meanwhile: "Your endpoint has a day to acknowledge. After that the receipt says that it did not.",
    },
    { name: "search-residue", title: "Search for anything left" },
    { name: "complete", title: "Sign the receipt" },
    { name: "tell-subject", title: "Tell the person" },
    { name: "forget-input", title: "Forget whom to tell" },
  ],
  knowledge: [
    { name: "read-and-chunk", title: "Read it and cut it into passages" },
    { name: "publish", title: "Bring it into use" },
    { name: "remove-unused", title: "Remove what is not used any more" },
  ],
  retention: [
    { name: "purge-conversations", title: "Delete expired conversations" },
    { name: "purge-records", title: "Delete other expired records" },
    { name: "purge-knowledge", title: "Delete expired documents" },
    { name: "purge-persons", title: "Destroy the keys of people of whom nothing is left" },
    { name: "prune-audit-log", title: "Delete audit entries past their period" },
    { name: "complete", title: "Sign the receipt" },
  ],
  rotation: [
    { name: "add-version", title: "Make a new key" },
    {
      name: "wait-for-caches",
      title: "Wait until every server uses it",
      meanwhile: "Servers keep an opened key in memory for at most five minutes. Chat goes on.",
    },
    { name: "rewrap", title: "Wrap every person's key under the new one" },
    {
      name: "retire",
      title: "Destroy the old key",
      meanwhile: "Backups of keys live for seven days. The old key is destroyed when none of them needs it any more.",
    },
  ],
  closure: [
    { name: "record-tombstone", title: "Note that the account goes" },
    { name: "remember-people", title: "Note whom to tell" },
    {
      name: "end-jobs",
      title: "End other work",
      meanwhile: "Erasures under way finish first, at most for two hours: their people are owed a notice.",
    },
    { name: "close-log", title: "Close the audit log" },
    { name: "take-stock", title: "Count what there is" },
    { name: "destroy-keys", title: "Destroy every key" },
    { name: "remove-staff", title: "Remove the staff's accounts" },
    { name: "delete-files", title: "Delete every file" },
    { name: "delete-records", title: "Delete every record" },
    { name: "tell-recipients", title: "Tell recipients" },
    {
      name: "wait-for-caches",
      title: "Wait until no server remembers",
      meanwhile: "Servers keep an opened key in memory for at most five minutes. The deletion is repeated afterwards.",
    },
    { name: "remove-staff-again", title: "Look for accounts once more" },
    { name: "delete-files-again", title: "Delete files once more" },
    { name: "destroy-keys-again", title: "Destroy keys once more" },
    { name: "delete-records-again", title: "Delete records once more" },
    { name: "search-residue", title: "Search for anything left" },
    { name: "certify", title: "Sign the certificate" },
    { name: "publish-log", title: "Publish the end of the log" },
    { name: "tell-owners", title: "Mail the certificate to the owners" },
    { name: "finish", title: "Forget whom to tell, and delete this job" },
  ],
  webhook: [
    { name: "deliver", title: "Send it, and again until it is taken" },
    { name: "forget", title: "Forget what was sent" },
  ],
  export: [
    { name: "collect", title: "Collect every record" },
    { name: "describe", title: "Describe what is held, and why" },
    { name: "copy-files", title: "Copy files" },
    { name: "copy-log", title: "Copy the audit log" },
    { name: "manifest", title: "List and hash the files" },
    {
      name: "prove",
      title: "Sign it, and prove it in the log",
      meanwhile: "The log takes new entries in within a minute. The proof travels with the export.",
    },
    { name: "assemble", title: "Put it together" },
    { name: "finish", title: "Make it ready" },
  ],
};

/** Where a job stands: its steps in order, those before `at` being done. */
export interface Progress {
  steps: readonly StepWords[];
  at: number;
}

/** What kind of job it is. */
export function jobTitle(job: Pick<Job, "kind">): string {
  return kinds[job.kind] ?? humanize(job.kind);
}

/**
 * The steps of a job in words.
 *
 * @returns undefined for a kind, or a step, that this page does not know: the API may be newer.
 */
export function progressOf(job: Pick<Job, "kind" | "step" | "state">): Progress | undefined {
  const known = steps[job.kind];
  if (known === undefined) return undefined;
  if (job.state === "done") return { steps: known, at: known.length };
  const at = known.findIndex((step) => step.name === job.step);
  return at === -1 ? undefined : { steps: known, at };
}

/** What the job is doing now, in a few words. */
export function stepTitle(job: Pick<Job, "kind" | "step" | "state">): string {
  const progress = progressOf(job);
  return progress?.steps[progress.at]?.title ?? humanize(job.step);
}

/** What was done so far, by thing counted; zero counts are left out. */
export function countLines(job: Pick<Job, "counts">): readonly string[] {
  return Object.entries(job.counts)
    .filter(([name, amount]) => amount > 0 && !name.includes("."))
    .map(([name, amount]) => `${storeName(name)}: ${amount.toLocaleString("en")}`);
}

/** How far it is, as a share of 1, where that is known. */
export function shareOf(job: Pick<Job, "kind" | "step" | "state">): number | undefined {
  const progress = progressOf(job);
  return progress === undefined ? undefined : progress.at / progress.steps.length;
}

export const stateNames: Readonly<Record<Job["state"], string>> = {
  queued: "Queued",
  running: "Running",
  waiting: "Waiting",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

/** A failed job in one sentence, and whether something can be done. */
export function failureWords(job: Pick<Job, "failure">): string | undefined {
  if (job.failure === undefined) return undefined;
  return sentence(job.failure.reason);
}
