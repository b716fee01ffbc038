import type { Api } from "./api.ts";
import { requestLiveToken } from "./auth.ts";
import { listJobs } from "./jobs.ts";
import type { Listener } from "./live-listener.ts";
import type { Job } from "./shapes.ts";

/** The newest jobs, and how they are known: by a listener, or by asking every few seconds where there can be none. */
export interface LiveView {
  mode: "connecting" | "live" | "polling";
  jobs: readonly Job[];
  /** False until the jobs are known for the first time. */
  isKnown: boolean;
}

/** A token opens the documents for 60 minutes. */
const renewAfterMs = 55 * 60_000;
/** When nobody has looked for this long, the listener ends. */
const idleMs = 60_000;
const pollWhileBusyMs = 2_500;
const pollWhileIdleMs = 15_000;
/** A listener that failed is tried again after this time. */
const reconnectMs = 120_000;

const nothingKnown: LiveView = { mode: "connecting", jobs: [], isKnown: false };

/** Whether a job is still going on. */
export function isActive(job: Pick<Job, "state">): boolean {
  return job.state === "queued" || job.state === "running" || job.state === "waiting";
}

/**
 * The tenant's jobs as they change, shared by everything on the screen that shows one.
 *
 * The API is asked from the start, so that jobs are there before the listener is; its first answer ends the asking.
 */
export class LiveJobs {
  readonly #api: Api;
  readonly #watchers = new Set<() => void>();
  #view = nothingKnown;
  /** Aborted when everything ends. */
  #run: AbortController | undefined;
  /** Aborted when the listener takes over. */
  #polling: AbortController | undefined;
  /** Aborted to ask again before the pause is over. */
  #nap: AbortController | undefined;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  readonly view = (): LiveView => this.#view;

  /** Follows the jobs until the returned function is called. */
  readonly watch = (onChange: () => void): (() => void) => {
    this.#watchers.add(onChange);
    clearTimeout(this.#idle);
    if (this.#run === undefined) {
      this.#run = new AbortController();
      this.#poll();
      void this.#listen(this.#run.signal);
    }
    return () => {
      this.#watchers.delete(onChange);
      if (this.#watchers.size === 0) this.#idle = setTimeout(() => this.stop(), idleMs);
    };
  };

  /** Takes in a job that an answer of the API has just shown; while jobs are asked for, the next question comes soon. */
  merge(job: Job): void {
    const others = this.#view.jobs.filter((known) => known.jobId !== job.jobId);
    const jobs = [job, ...others].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    this.#show({ ...this.#view, jobs });
    if (isActive(job)) this.#nap?.abort();
  }

  /** Ends the listener and forgets the jobs. */
  stop(): void {
    clearTimeout(this.#idle);
    this.#run?.abort();
    this.#run = undefined;
    this.#polling?.abort();
    this.#polling = undefined;
    this.#show(nothingKnown);
  }

  async #listen(run: AbortSignal): Promise<void> {
    while (!isOver(run)) {
      try {
        await this.#listenUntilItFails(run);
      } catch {
        // The jobs come from the API meanwhile. What keeps the listener away (a proxy, an ended session) is not the
        // reader's business here; the API's own answers say it where it matters.
      }
      if (isOver(run)) return;
      this.#show({ ...this.#view, mode: "polling" });
      this.#poll();
      await pause(reconnectMs, run);
    }
  }

  async #listenUntilItFails(run: AbortSignal): Promise<void> {
    const [live, { listenToJobs }] = await Promise.all([requestLiveToken(this.#api), import("./live-listener.ts")]);
    if (isOver(run)) return;
    const { promise: failed, reject: fail } = Promise.withResolvers<never>();
    let listener: Listener | undefined;
    try {
      listener = await listenToJobs(
        this.#api.config.firebase,
        live,
        (jobs) => {
          if (isOver(run)) return;
          this.#polling?.abort();
          this.#polling = undefined;
          this.#show({ mode: "live", jobs, isKnown: true });
        },
        fail,
      );
      while (!isOver(run)) {
        await Promise.race([failed, pause(renewAfterMs, run)]);
        if (!isOver(run)) await listener.renew((await requestLiveToken(this.#api)).token);
      }
    } finally {
      listener?.stop();
    }
  }

  #poll(): void {
    if (this.#polling !== undefined) return;
    this.#polling = new AbortController();
    void this.#askAgainAndAgain(this.#polling.signal);
  }

  async #askAgainAndAgain(signal: AbortSignal): Promise<void> {
    while (!isOver(signal)) {
      const page = await listJobs(this.#api, undefined, signal).catch(() => undefined);
      if (isOver(signal)) return;
      if (page !== undefined) this.#show({ ...this.#view, jobs: page.items, isKnown: true });
      const isBusy = this.#view.jobs.some(isActive);
      this.#nap = new AbortController();
      await pause(isBusy ? pollWhileBusyMs : pollWhileIdleMs, AbortSignal.any([signal, this.#nap.signal]));
    }
  }

  #show(view: LiveView): void {
    this.#view = view;
    for (const watcher of this.#watchers) watcher();
  }
}

/** Asked anew after every wait: a signal that was quiet before it may have been given meanwhile. */
function isOver(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Waits, or returns at once when there is nothing to wait for any more. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
