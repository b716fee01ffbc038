import { dekOf } from "../../crypto/keyring.ts";
import type { JobStep } from "../../jobs/job.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { log } from "../../platform/log.ts";
import { resealPage, sealedByDek } from "../reseal-held.ts";
import { holdsOf } from "./held-by-job.ts";
import { scopeOfJob } from "./scope.ts";

/** Records of a page; each that is held costs two commits. */
const pageSize = 200;

/** Seals what must be kept under keys of its own before the person's key goes, page by page. */
export const resealHeld: JobStep<Deps> = {
  name: "reseal-held",
  async run(deps, { job, cursor }) {
    const { tenantId } = job;
    const scope = scopeOfJob(job);
    const subject = { tenantId, subjectId: scope.subjectId };
    const holds = scope.kind === "person" ? await holdsOf(deps, job) : [];
    if (holds.length === 0) return { done: true };
    const dek = await dekOf(deps, subject).catch((error: unknown) => {
      if (error instanceof AppError && error.code === "subject-erased") return undefined;
      throw error;
    });
    // Gone by an earlier erasure, which resealed what these holds keep.
    if (dek === undefined) return { done: true };
    const index = Math.max(
      sealedByDek.findIndex(({ name }) => name === cursor?.collection),
      0,
    );
    const [entry, following] = [sealedByDek[index], sealedByDek[index + 1]];
    if (entry === undefined) return { done: true };
    const after = typeof cursor?.after === "string" ? cursor.after : undefined;
    const page = await resealPage(deps, entry, subject, { holds, dek }, { after, limit: pageSize });
    if (page.kept > 0) log.info("resealed held items", { jobId: job.id, collection: entry.name, count: page.kept });
    const counts = page.kept === 0 ? {} : { "kept.items": page.kept };
    if (page.after !== undefined) return { next: { collection: entry.name, after: page.after }, counts };
    return following === undefined ? { done: true, counts } : { next: { collection: following.name }, counts };
  },
};
