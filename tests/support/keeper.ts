import { createKey } from "../../functions/src/crypto/keyring.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { retentionJob } from "../../functions/src/retention/retention-job.ts";
import { startRetention } from "../../functions/src/retention/sweep-retention.ts";
import { findReceipt } from "../../functions/src/subject-requests/store.ts";
import { openShop, type Shop } from "./shop.ts";
import type { TestDeps } from "./test-deps.ts";

/** A business whose records are written as they are stored, at the time that the clock shows. */
export interface Keeper extends Shop {
  write(path: string, fields: Record<string, unknown>): Promise<unknown>;
  exists(path: string): Promise<boolean>;
  /** Those of some paths of which there is a record. */
  left(...paths: string[]): Promise<string[]>;
  person(subjectId: string): Promise<void>;
  /** A conversation with one turn and its state for staff. */
  conversation(id: string, subjectId: string): Promise<void>;
  /** Runs the day's purge to its end. @returns what its receipt says went; undefined without a receipt. */
  purge(by?: Deps): Promise<unknown>;
}

/** Opens such a business. */
export async function openKeeper(deps: TestDeps, name: string): Promise<Keeper> {
  const shop = await openShop(deps, name);
  const { tenantId } = shop;
  const ref = (path: string) => deps.stores.data.doc(`tenants/${tenantId}/${path}`);
  const exists = async (path: string) => (await ref(path).get()).exists;
  const write = (path: string, fields: Record<string, unknown>) => ref(path).set(fields);
  return {
    ...shop,
    write,
    exists,
    async left(...paths) {
      const found = await Promise.all(paths.map(exists));
      return paths.filter((_, index) => found[index]);
    },
    async person(subjectId) {
      await createKey(deps, { collection: "deks", tenantId, subjectId });
      await write(`subjects/${subjectId}`, { state: "active", createdAt: deps.clock.now() });
    },
    async conversation(id, subjectId) {
      const at = deps.clock.now();
      const head = { subjectId, state: "open", subjectState: "active", window: {}, turnCount: 1 };
      await write(`conversations/${id}`, { ...head, consents: {}, lastTurnAt: at, startedAt: at });
      await write(`conversations/${id}/turns/t1`, { subjectId, conversationId: id, askedAt: at });
      await write(`inbox/${id}`, { subjectId, assignee: null, tags: [], lastReadAt: null });
    },
    async purge(by = deps) {
      const id = await startRetention(by, tenantId, deps.clock.now());
      await deps.publisher.drain({
        "retention-steps": (payload, delivery) => runJob(by, retentionJob, stepMessage.parse(payload), delivery),
      });
      const job = await findJob(deps.stores, tenantId, id);
      if (job?.state !== "done") throw new Error(`the purge is ${job?.state}: ${JSON.stringify(job?.failure)}`);
      const receipt = await findReceipt(deps.stores, tenantId, id);
      const payload = Buffer.from(receipt?.envelope.payload ?? "", "base64").toString("utf8");
      return receipt === undefined ? undefined : (JSON.parse(payload) as { purged: unknown }).purged;
    },
  };
}
