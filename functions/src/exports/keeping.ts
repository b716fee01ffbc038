import type { StepRun } from "../jobs/job.ts";

/** The same bytes, while the job's lease is kept: a lease that is lost ends the stream, and what it is written to. */
export async function* keeping(
  content: AsyncIterable<Uint8Array>,
  keepLease: StepRun["keepLease"],
): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    await keepLease();
    yield bytes;
  }
}
