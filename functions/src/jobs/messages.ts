import { type Job, type JobDeps, jobTopics, type Shard } from "./job.ts";

/** Asks for a job's next step. To be called once the job is durable: until then there is nothing to run. */
export async function publishJob(
  deps: Pick<JobDeps, "publisher">,
  job: Pick<Job, "kind" | "tenantId" | "id">,
): Promise<void> {
  await deps.publisher.publish(jobTopics[job.kind], { tenantId: job.tenantId, jobId: job.id });
}

/** Asks for a shard's next run. To be called once the shard is durable. */
export async function publishShard(
  deps: Pick<JobDeps, "publisher">,
  shard: Pick<Shard, "kind" | "tenantId" | "jobId" | "id">,
): Promise<void> {
  const { tenantId, jobId } = shard;
  await deps.publisher.publish(jobTopics[shard.kind], { tenantId, jobId, shardId: shard.id });
}
