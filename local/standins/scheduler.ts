import { setTimeout as sleep } from "node:timers/promises";
import { type Cron, nextRun, parseCron } from "./cron.ts";
import { GrpcFailure, type GrpcServer, type Handlers, serveGrpc, timestamp } from "./grpc-service.ts";

const tickMs = 500;
/** What Cloud Scheduler waits for an answer when the job says nothing else. */
const defaultDeadlineMs = 180_000;
const longestBackoffMs = 60_000;

type Duration = { seconds: string; nanos: number };
type HttpTarget = { uri: string; httpMethod: string; headers: Record<string, string> | null; body: Buffer };
type JobMessage = {
  name: string;
  description: string;
  schedule: string;
  timeZone: string;
  httpTarget: HttpTarget | null;
  retryConfig: { retryCount: number; minBackoffDuration: Duration | null } | null;
  attemptDeadline: Duration | null;
};
type Job = {
  message: JobMessage;
  cron: Cron;
  state: "ENABLED" | "PAUSED";
  nextAt: Date;
  changedAt: Date;
  lastAttemptAt: Date | undefined;
  /** gRPC code of the last attempt, as Cloud Scheduler shows it. */
  lastCode: number;
};
type Named = { name: string };

/**
 * A stand-in for Cloud Scheduler over its own gRPC protocol: jobs with HTTP targets, fired by cron in their time zone. Identity
 * tokens are not made, since nobody here could check them.
 *
 * @param options.port - 0 takes a free one.
 * @param options.now - the time that schedules go by; when it leaps forward, each job that fell due runs once.
 */
export async function startScheduler(options: { port: number; now?: () => Date }): Promise<GrpcServer> {
  const now = options.now ?? (() => new Date());
  const jobs = new Map<string, Job>();
  const ended = new AbortController();
  const server = await serveGrpc({
    port: options.port,
    clientPackage: "@google-cloud/scheduler",
    service: "google.cloud.scheduler.v1.CloudScheduler",
    handlers: handlersOf(jobs, now, ended.signal),
  });
  const timer = setInterval(() => {
    for (const job of jobs.values()) {
      if (job.state === "PAUSED" || job.nextAt > now()) continue;
      const scheduledAt = job.nextAt;
      job.nextAt = nextRun(job.cron, job.message.timeZone, now());
      void attempt(job, scheduledAt, now, ended.signal);
    }
  }, tickMs);
  return {
    port: server.port,
    async close() {
      clearInterval(timer);
      ended.abort();
      await server.close();
    },
  };
}

function handlersOf(jobs: Map<string, Job>, now: () => Date, ended: AbortSignal): Handlers {
  const get = (name: string): Job => {
    const job = jobs.get(name);
    if (job === undefined) throw new GrpcFailure("NOT_FOUND", `Job ${name} not found.`);
    return job;
  };
  const setState = (name: string, state: Job["state"]) => {
    const job = get(name);
    job.state = state;
    job.nextAt = nextRun(job.cron, job.message.timeZone, now());
    return shown(job);
  };
  return {
    CreateJob({ parent, job }: { parent: string; job: JobMessage }) {
      const name = job.name === "" ? `${parent}/jobs/${jobs.size + 1}` : job.name;
      if (!name.startsWith(`${parent}/jobs/`))
        throw new GrpcFailure("INVALID_ARGUMENT", `Job name must be in ${parent}.`);
      if (jobs.has(name)) throw new GrpcFailure("ALREADY_EXISTS", `Job ${name} already exists.`);
      const created = jobFrom({ ...job, name }, now());
      jobs.set(name, created);
      return shown(created);
    },
    UpdateJob({ job, updateMask }: { job: JobMessage; updateMask: { paths: string[] } | null }) {
      const known = get(job.name);
      const message: Record<string, unknown> = { ...known.message };
      const paths = updateMask?.paths ?? Object.keys(message).map(snakeCase);
      for (const [field, value] of Object.entries(job)) if (paths.includes(snakeCase(field))) message[field] = value;
      const updated = { ...jobFrom(message as JobMessage, now()), state: known.state };
      jobs.set(job.name, updated);
      return shown(updated);
    },
    GetJob({ name }: Named) {
      return shown(get(name));
    },
    ListJobs({ parent }: { parent: string }) {
      const found = [...jobs.values()].filter((job) => job.message.name.startsWith(`${parent}/jobs/`));
      return { jobs: found.map(shown) };
    },
    DeleteJob({ name }: Named) {
      get(name);
      jobs.delete(name);
      return {};
    },
    PauseJob({ name }: Named) {
      return setState(name, "PAUSED");
    },
    ResumeJob({ name }: Named) {
      return setState(name, "ENABLED");
    },
    RunJob({ name }: Named) {
      const job = get(name);
      void attempt(job, now(), now, ended);
      return shown(job);
    },
  };
}

function jobFrom(message: JobMessage, now: Date): Job {
  const timeZone = message.timeZone === "" ? "Etc/UTC" : message.timeZone;
  if (message.httpTarget === null) throw new GrpcFailure("INVALID_ARGUMENT", "this stand-in knows HTTP targets only");
  try {
    const cron = parseCron(message.schedule);
    const nextAt = nextRun(cron, timeZone, now);
    const shownMessage = { ...message, timeZone };
    return {
      message: shownMessage,
      cron,
      state: "ENABLED",
      nextAt,
      changedAt: now,
      lastAttemptAt: undefined,
      lastCode: 0,
    };
  } catch (error) {
    throw new GrpcFailure("INVALID_ARGUMENT", error instanceof Error ? error.message : String(error));
  }
}

function shown(job: Job): object {
  return {
    ...job.message,
    state: job.state,
    scheduleTime: timestamp(job.nextAt),
    userUpdateTime: timestamp(job.changedAt),
    lastAttemptTime: job.lastAttemptAt === undefined ? null : timestamp(job.lastAttemptAt),
    status: { code: job.lastCode, message: "", details: [] },
  };
}

/** Posts to the target until it answers 2xx or the retries are used up. */
async function attempt(job: Job, scheduledAt: Date, now: () => Date, ended: AbortSignal): Promise<void> {
  const retries = job.message.retryConfig?.retryCount ?? 0;
  let backoffMs = milliseconds(job.message.retryConfig?.minBackoffDuration) ?? 5000;
  for (let tried = 0; tried <= retries && !ended.aborted; tried++) {
    if (tried > 0) {
      await sleep(Math.min(backoffMs, longestBackoffMs), undefined, { ref: false });
      backoffMs *= 2;
    }
    job.lastAttemptAt = now();
    const status = await post(job.message, scheduledAt, ended);
    job.lastCode = status >= 200 && status < 300 ? 0 : status === 0 ? 14 : 13;
    if (job.lastCode === 0) return;
  }
}

/** @returns the HTTP status, or 0 when nobody answered in time. */
async function post(message: JobMessage, scheduledAt: Date, ended: AbortSignal): Promise<number> {
  const target = message.httpTarget;
  if (target === null) return 0;
  const method = target.httpMethod === "HTTP_METHOD_UNSPECIFIED" ? "POST" : target.httpMethod;
  const deadlineMs = milliseconds(message.attemptDeadline) ?? defaultDeadlineMs;
  try {
    const response = await fetch(target.uri, {
      method,
      headers: {
        ...target.headers,
        "user-agent": "Google-Cloud-Scheduler",
        "x-cloudscheduler": "true",
        "x-cloudscheduler-jobname": message.name.split("/").at(-1) ?? "",
        "x-cloudscheduler-scheduletime": scheduledAt.toISOString(),
      },
      ...(method === "GET" || target.body.length === 0 ? {} : { body: new Uint8Array(target.body) }),
      signal: AbortSignal.any([ended, AbortSignal.timeout(deadlineMs)]),
    });
    await response.body?.cancel();
    return response.status;
  } catch (error) {
    if (!ended.aborted) console.error(message.name, error instanceof Error ? error.message : error);
    return 0;
  }
}

function milliseconds(duration: Duration | null | undefined): number | undefined {
  if (duration === null || duration === undefined) return undefined;
  return Number(duration.seconds) * 1000 + duration.nanos / 1e6;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
