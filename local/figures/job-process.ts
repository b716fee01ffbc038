/** Runs one job to its end and prints this process's peak resident memory in KiB. Started by `runJobAlone`. */
import { exportJob } from "../../functions/src/exports/export-job.ts";
import { isFinished } from "../../functions/src/jobs/job.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { runJob } from "../../functions/src/jobs/run-job.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import { jobDeps } from "./job-deps.ts";

const print = console.log;
console.log = () => undefined;
const { project, tenantId, jobId, kind } = JSON.parse(process.argv[2] ?? "") as Record<string, string>;
if (project === undefined || tenantId === undefined || jobId === undefined) throw new Error("no job was named");
const deps = jobDeps(project, process.env);
const steps = kind === "export" ? exportJob : erasureJob;
const delivery = { messageId: "figures", subscription: "figures", attempt: 1 };

for (let round = 0; ; round += 1) {
  await runJob(deps, steps, { tenantId, jobId }, delivery);
  const job = await findJob(deps.stores, tenantId, jobId);
  if (job?.state === "done") break;
  if (job === undefined || isFinished(job) || round === 200) {
    throw new Error(`job ${jobId} ended as ${job?.state} at ${job?.step}: ${job?.failure?.reason}`);
  }
  // The ledger is another function's work; without it nothing can be proven.
  await sequence(deps, tenantId, "figures", deps.clock.now());
  deps.clock.advance(100);
}
print(process.resourceUsage().maxRSS);
process.exit();
