import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { collectionRef } from "../../functions/src/inventory/collections.ts";
import { decodeLeaf } from "../../functions/src/ledger/leaf.ts";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { buildDeps, type Deps } from "../../functions/src/platform/deps.ts";
import { isAlive } from "../../local/process.ts";
import type { ReadyReport } from "../../local/ready-file.ts";
import { advanceClock } from "../support/browser-cloud.ts";

/** A local cloud in a process of its own, without tenants. */
export interface ForkedCloud {
  report: ReadyReport;
  /** Clients of its region eu, at its time. */
  deps: Deps;
  /** Ends it. @returns those of its processes that are still there. */
  stop(): Promise<number[]>;
}

/** Starts a cloud for the tests of one file. @throws Error when it ends before it is ready. */
export async function forkCloud(): Promise<ForkedCloud> {
  const file = join(import.meta.dirname, "cloud-process.ts");
  const child = fork(file, { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const [ready] = (await Promise.race([once(child, "message"), once(child, "exit")])) as [ReadyCloud | number];
  if (typeof ready !== "object") throw new Error(`the cloud ended with ${ready} before it was ready`);
  const { report, environment, pids: emulatorPids } = ready;
  // Client libraries look for the emulators there.
  Object.assign(process.env, environment);
  const deps = buildDeps(parseConfig(process.env));
  return {
    report,
    deps,
    async stop() {
      const pids = [...(await instances(report)).map(({ pid }) => pid), ...emulatorPids];
      child.send("stop");
      await once(child, "exit");
      await Promise.all([deps.stores.data, deps.stores.keys, deps.stores.directory].map((store) => store.terminate()));
      return pids.filter(isAlive);
    },
  };
}

/** What `cloud-process.ts` sends. */
interface ReadyCloud {
  report: ReadyReport;
  environment: Record<string, string>;
  pids: number[];
}

/** The function instances that run, with their process ids. */
export async function instances(report: ReadyReport): Promise<{ functionName: string; pid: number }[]> {
  return (await (await fetch(`${report.control}/instances`)).json()) as { functionName: string; pid: number }[];
}

/** Lets time pass until no entry of a tenant waits for its log. */
export async function untilIntegrated({ report, deps }: ForkedCloud, tenantId: string): Promise<void> {
  const pending = () => collectionRef(deps.stores, "auditPending", { tenantId }).limit(1).get();
  while (!(await pending()).empty) {
    await advanceClock(report, 90);
    await sleep(1_000);
  }
}

/** The action of every entry of a tenant's log, once the last pending one is integrated. */
export async function integratedActions(cloud: ForkedCloud, tenantId: string): Promise<string[]> {
  await untilIntegrated(cloud, tenantId);
  const bundles = await collectionRef(cloud.deps.stores, "auditBundles", { tenantId }).get();
  const leaves = bundles.docs.flatMap((bundle) => bundle.get("leaves") as Uint8Array[]);
  return leaves.map((leaf) => decodeLeaf(leaf).action);
}

/** Of some actions, those that a log does not have exactly once, each with how often it has it. */
export function notOnce(log: readonly string[], actions: readonly string[]): string[] {
  const counted = actions.map((action) => ({ action, count: log.filter((each) => each === action).length }));
  return counted.flatMap(({ action, count }) => (count === 1 ? [] : [`${count} ${action}`]));
}
