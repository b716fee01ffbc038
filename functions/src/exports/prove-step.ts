import type { JobStep } from "../jobs/job.ts";
import { findInclusionProof } from "../ledger/find-inclusion-proof.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { assertBuilding } from "./assert-building.ts";
import { folderOf } from "./payload-files.ts";

/** Seconds between two looks for the entry in the log. */
const pauseSeconds = 5;

/** Waits until the log holds the manifest's entry, and keeps the proof beside the export. */
export const prove: JobStep<Deps> = {
  name: "prove",
  async run(deps, { job }) {
    const entry = await assertBuilding(deps, job);
    if (entry.leaf === undefined) throw new AppError("document-malformed", `export ${entry.id} has no entry to prove`);
    const proof = await findInclusionProof(deps, entry.tenantId, entry.leaf);
    if (proof === undefined) {
      await deps.publisher.publish("ledger-nudges", { tenantId: entry.tenantId });
      return { waitUntil: new Date(deps.clock.now().getTime() + pauseSeconds * 1000) };
    }
    const beside = { proof, leaf: Buffer.from(entry.leaf).toString("base64") };
    await deps.buckets.write(
      "exports",
      `${folderOf(entry)}/proof.json`,
      Buffer.from(JSON.stringify(beside)),
      "application/json",
    );
    return { done: true };
  },
};
