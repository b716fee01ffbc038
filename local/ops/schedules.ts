import { CloudSchedulerClient, type protos } from "@google-cloud/scheduler";
import { grpc } from "google-gax";
import { readFunctions } from "../../terraform/functions.ts";
import { places } from "../places.ts";
import { type Region, regions } from "../ports.ts";
import { type Command, confirm, exitCodes, Refusal, type Said, type Terminal } from "./command.ts";
import { regionOf, type Target, targetOf } from "./target.ts";

type Job = protos.google.cloud.scheduler.v1.IJob;

function clientOf({ project, environment }: Target): CloudSchedulerClient {
  const endpoint = environment.SCHEDULER_ENDPOINT;
  if (endpoint === undefined || endpoint === "") return new CloudSchedulerClient({ projectId: project });
  const [apiEndpoint = "127.0.0.1", port = ""] = endpoint.split(":");
  return new CloudSchedulerClient({
    projectId: project,
    apiEndpoint,
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
  });
}

function timeOf(stamp: Job["scheduleTime"]): string {
  if (stamp?.seconds === undefined || stamp.seconds === null) return "-";
  return `${new Date(Number(stamp.seconds) * 1000).toISOString().slice(0, 16)}Z`;
}

/** What a job's last attempt came to: Cloud Scheduler gives a gRPC code. */
function resultOf(job: Job): string {
  if (job.lastAttemptTime?.seconds === undefined) return "-";
  return (job.status?.code ?? 0) === 0 ? "ok" : `failed (${job.status?.code})`;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

async function list(client: CloudSchedulerClient, project: string, chosen: readonly Region[], terminal: Terminal) {
  const rows: string[][] = [["schedule", "region", "when", "state", "next", "last", "result"]];
  for (const region of chosen) {
    const [jobs] = await client.listJobs({ parent: client.locationPath(project, places[region].scheduler) });
    const own = jobs.filter((job) => job.name?.endsWith(`-${region}`));
    for (const job of own.sort((a, b) => String(a.name).localeCompare(String(b.name)))) {
      rows.push([
        (job.name?.split("/").at(-1) ?? "").slice(0, -region.length - 1),
        region,
        `${job.schedule} ${job.timeZone}`,
        String(job.state).toLowerCase(),
        timeOf(job.scheduleTime),
        timeOf(job.lastAttemptTime),
        resultOf(job),
      ]);
    }
  }
  for (const line of table(rows)) terminal.out(line);
}

/** The functions that have a schedule. */
function scheduledNames(): string[] {
  return Object.entries(readFunctions()).flatMap(([name, spec]) => (spec.trigger === "scheduler" ? [name] : []));
}

const acts = {
  pause: {
    confirmation: (name: string) => `${name} will not run until it is resumed.`,
    call: async (client: CloudSchedulerClient, name: string) => (await client.pauseJob({ name }))[0],
    done: "paused",
  },
  resume: {
    confirmation: undefined,
    call: async (client: CloudSchedulerClient, name: string) => (await client.resumeJob({ name }))[0],
    done: "resumed",
  },
  run: {
    confirmation: undefined,
    call: async (client: CloudSchedulerClient, name: string) => (await client.runJob({ name }))[0],
    done: "started",
  },
} as const;

async function run(said: Said, terminal: Terminal): Promise<number> {
  const [act = "list", name] = said.words;
  const target = targetOf(said);
  const client = clientOf(target);
  try {
    if (act === "list") {
      await list(client, target.project, said.region === undefined ? regions : [regionOf(said)], terminal);
      return exitCodes.done;
    }
    if (!(act === "pause" || act === "resume" || act === "run")) throw new Refusal(`schedules knows no "${act}"`);
    if (name === undefined) throw new Refusal(`Which schedule? One of ${scheduledNames().join(", ")}.`);
    if (!scheduledNames().includes(name)) {
      throw new Refusal(`There is no schedule ${name}. There are ${scheduledNames().join(", ")}.`);
    }
    const region = regionOf(said);
    const { confirmation, call, done } = acts[act];
    if (confirmation !== undefined) await confirm(said, terminal, confirmation(`${name} of ${region}`));
    const parent = client.locationPath(target.project, places[region].scheduler);
    const job = await call(client, `${parent}/jobs/${name}-${region}`);
    terminal.out(`${name} of ${region} is ${done}; next run ${timeOf(job.scheduleTime)}`);
    return exitCodes.done;
  } finally {
    await client.close();
  }
}

/** The schedules of Cloud Scheduler behind which functions stand. They concern the platform, not one tenant. */
export const schedulesCommand: Command = {
  summary: "list, pause, resume or run the platform's schedules",
  help: `npm run ops -- schedules [list] [--region R]
npm run ops -- schedules pause NAME --region R      asks first: nothing is swept until it is resumed
npm run ops -- schedules resume NAME --region R
npm run ops -- schedules run NAME --region R        at once, beside its hours; a sweep is safe to repeat

NAME is a function behind Cloud Scheduler, such as retention-sweep. Its job is NAME-REGION, in ${regions
    .map((region) => `${places[region].scheduler} (${region})`)
    .join(", ")}.`,
  run,
};
