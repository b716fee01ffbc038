import { CloudSchedulerClient } from "@google-cloud/scheduler";
import { grpc } from "google-gax";
import type { FunctionSpec } from "../terraform/functions.ts";
import { places } from "./places.ts";
import { type Ports, type Region, regions } from "./ports.ts";

/**
 * Makes the jobs of every function behind Cloud Scheduler, in both regions, as `terraform/modules/schedules` does.
 */
export async function createSchedules(
  ports: Ports,
  project: string,
  functions: Readonly<Record<string, FunctionSpec>>,
): Promise<void> {
  const client = new CloudSchedulerClient({
    projectId: project,
    apiEndpoint: "127.0.0.1",
    port: ports.scheduler,
    sslCreds: grpc.credentials.createInsecure(),
  });
  const create = async (functionName: string, region: Region) => {
    const spec = functions[functionName];
    if (spec?.trigger !== "scheduler") return;
    const parent = client.locationPath(project, places[region].scheduler);
    await client.createJob({
      parent,
      job: {
        name: `${parent}/jobs/${functionName}-${region}`,
        schedule: spec.schedule,
        timeZone: spec.timeZone,
        attemptDeadline: { seconds: spec.timeoutSeconds },
        retryConfig: { retryCount: 2, minBackoffDuration: { seconds: 5 }, maxBackoffDuration: { seconds: 30 } },
        httpTarget: { uri: `http://127.0.0.1:${ports.push}/schedule/${region}/${functionName}`, httpMethod: "POST" },
      },
    });
  };
  await Promise.all(Object.keys(functions).flatMap((name) => regions.map((region) => create(name, region))));
  await client.close();
}
