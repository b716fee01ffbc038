import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { CloudSchedulerClient } from "@google-cloud/scheduler";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { grpc } from "google-gax";
import { nextRun, parseCron } from "../../local/standins/cron.ts";
import type { GrpcServer } from "../../local/standins/grpc-service.ts";
import { startScheduler } from "../../local/standins/scheduler.ts";

const parent = "projects/demo/locations/europe-west1";
const hits: { headers: IncomingHttpHeaders; body: string }[] = [];
let status = 204;
let time = new Date("2025-01-15T12:00:30Z");

let scheduler: GrpcServer;
let client: CloudSchedulerClient;
let target: Server;
let uri: string;

beforeAll(async () => {
  target = createServer((request, response) => {
    let body = "";
    request.on("data", (part: Buffer) => {
      body += part.toString();
    });
    request.on("end", () => {
      hits.push({ headers: request.headers, body });
      response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => target.listen(0, "127.0.0.1", () => resolve()));
  const address = target.address();
  uri = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/schedule/eu/retention-sweep`;
  scheduler = await startScheduler({ port: 0, now: () => time });
  client = new CloudSchedulerClient({
    projectId: "demo",
    apiEndpoint: "127.0.0.1",
    port: scheduler.port,
    sslCreds: grpc.credentials.createInsecure(),
  });
});
afterAll(async () => {
  await client.close();
  await scheduler.close();
  target.closeAllConnections();
  target.close();
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + 10_000;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error("it did not happen within ten seconds");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function createJob(id: string, schedule: string, more: object = {}) {
  const httpTarget = {
    uri,
    httpMethod: "POST" as const,
    headers: { "content-type": "application/json" },
    body: Buffer.from("{}"),
  };
  return client.createJob({
    parent,
    job: { name: `${parent}/jobs/${id}`, schedule, timeZone: "Etc/UTC", httpTarget, ...more },
  });
}

describe("cron", () => {
  const run = (text: string, zone: string, after: string) =>
    nextRun(parseCron(text), zone, new Date(after)).toISOString();

  it.each([
    ["* * * * *", "Etc/UTC", "2025-01-15T12:00:00Z", "2025-01-15T12:01:00.000Z"],
    ["*/5 * * * *", "Etc/UTC", "2025-01-15T12:03:20Z", "2025-01-15T12:05:00.000Z"],
    ["0 9 * * mon-fri", "Europe/Dublin", "2025-07-04T09:00:00Z", "2025-07-07T08:00:00.000Z"],
    ["30 2 1 * *", "America/New_York", "2025-01-15T12:00:00Z", "2025-02-01T07:30:00.000Z"],
    ["0 0 29 2 *", "Etc/UTC", "2025-01-15T12:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 13 * 5", "Etc/UTC", "2025-01-15T12:00:00Z", "2025-01-17T00:00:00.000Z"],
    ["15 3 * * 7", "Etc/UTC", "2025-01-15T12:00:00Z", "2025-01-19T03:15:00.000Z"],
    ["30 1 * * *", "Europe/Dublin", "2025-03-30T00:10:00Z", "2025-03-31T00:30:00.000Z"],
  ])("%s in %s after %s is %s", (text, zone, after, next) => {
    expect(run(text, zone, after)).toBe(next);
  });

  it.each(["* * * *", "61 * * * *", "* 5-99 * * *", "*/0 * * * *", "a b c d e"])("refuses %s", (text) => {
    expect(() => parseCron(text)).toThrow();
  });
});

describe("the Cloud Scheduler stand-in", () => {
  it("posts to the target when the time has come, once, with Cloud Scheduler's headers", async () => {
    const [created] = await createJob("due", "1 12 * * *");
    expect(created.state).toBe("ENABLED");
    expect(Number(created.scheduleTime?.seconds)).toBe(Date.parse("2025-01-15T12:01:00Z") / 1000);
    hits.length = 0;
    time = new Date("2025-01-18T00:00:00Z");
    await until(() => hits.length > 0);
    await new Promise((resolve) => setTimeout(resolve, 1200));
    expect(hits).toHaveLength(1);
    expect(hits[0]?.body).toBe("{}");
    expect(hits[0]?.headers).toMatchObject({
      "user-agent": "Google-Cloud-Scheduler",
      "x-cloudscheduler": "true",
      "x-cloudscheduler-jobname": "due",
      "x-cloudscheduler-scheduletime": "2025-01-15T12:01:00.000Z",
      "content-type": "application/json",
    });
    await client.deleteJob({ name: `${parent}/jobs/due` });
  });

  it("runs a job now, and retries one that failed", async () => {
    const retryConfig = { retryCount: 2, minBackoffDuration: { nanos: 10_000_000 } };
    const [job] = await createJob("now", "0 0 1 1 *", { retryConfig });
    hits.length = 0;
    status = 500;
    await client.runJob({ name: job.name ?? "" });
    await until(() => hits.length === 3);
    status = 204;
    await until(async () => (await client.getJob({ name: job.name ?? "" }))[0].status?.code === 13);
  });

  it("pauses, resumes, lists, changes and deletes", async () => {
    const name = `${parent}/jobs/changed`;
    await createJob("changed", "0 5 * * *");
    expect((await client.pauseJob({ name }))[0].state).toBe("PAUSED");
    hits.length = 0;
    time = new Date("2025-02-18T00:00:00Z");
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(hits).toHaveLength(0);
    expect((await client.resumeJob({ name }))[0].state).toBe("ENABLED");
    const update = { job: { name, schedule: "0 6 * * *" }, updateMask: { paths: ["schedule"] } };
    const [updated] = await client.updateJob(update);
    expect(updated.schedule).toBe("0 6 * * *");
    expect(updated.httpTarget?.uri).toBe(uri);
    const [jobs] = await client.listJobs({ parent });
    expect(jobs.map((job) => job.name)).toContain(name);
    await client.deleteJob({ name });
    await expect(client.getJob({ name })).rejects.toMatchObject({ code: 5 });
    await expect(createJob("bad", "every day")).rejects.toMatchObject({ code: 3 });
  });
});
