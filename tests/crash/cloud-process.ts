/**
 * A local cloud without demo tenants in a process of its own, for whoever forked it: sends `{report, environment}` when it
 * is ready, and ends with everything it started when told `stop` or when its parent is gone.
 */
import { startCloud } from "../../local/cloud.ts";
import { findFreeBase } from "../../local/process.ts";

const cloud = await startCloud({
  base: await findFreeBase(),
  seeded: false,
  site: false,
  announced: false,
});

let stopping = false;
const stop = async () => {
  if (stopping) return;
  stopping = true;
  await cloud.stop();
  process.exit(0);
};
process.on("message", () => void stop());
process.on("disconnect", () => void stop());
process.on("SIGTERM", () => void stop());
process.send?.({
  report: cloud.report,
  environment: cloud.environment("eu"),
  pids: cloud.emulators.processes.map(({ pid }) => pid),
});
