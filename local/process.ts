import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { portsOfACloud } from "./ports.ts";

/** How long a process may take to end by itself before it is killed. */
const graceMs = 5000;
const pollMs = 50;

/** A process of ours, in a process group of its own. */
export type Running = {
  name: string;
  pid: number;
  logFile: string;
  /** Whether it still runs. */
  alive(): boolean;
  /** Resolves when it has ended, with its exit code (`null` when a signal ended it). */
  ended: Promise<number | null>;
  /** Ends it and whatever it started: asks first, then kills. */
  stop(): Promise<void>;
};

export type ProcessSpec = {
  /** Names the log file and error messages. */
  name: string;
  command: string;
  args: readonly string[];
  env?: Record<string, string>;
  cwd?: string;
  logDirectory: string;
  /** Asked until it says yes; a throw means not yet. */
  isReady: () => Promise<boolean>;
  readyWithinMs: number;
};

/** Started once a process, on the first child: see `reaper.mjs`. */
let reaper: ChildProcess | undefined;

function tellReaper(line: string): void {
  if (reaper === undefined) {
    reaper = spawn(process.execPath, [join(import.meta.dirname, "reaper.mjs")], {
      detached: true,
      stdio: ["pipe", "ignore", "ignore"],
    });
    reaper.unref();
    // The pipe must not keep a finished parent alive: its end is what the reaper waits for.
    if (reaper.stdin !== null && "unref" in reaper.stdin && typeof reaper.stdin.unref === "function") {
      reaper.stdin.unref();
    }
    reaper.stdin?.on("error", () => {
      reaper = undefined;
    });
  }
  reaper.stdin?.write(`${line}\n`);
}

/**
 * Starts a process in a group of its own, output to `<logDirectory>/<name>.log`, and waits until it is ready.
 *
 * @returns the running process; it does not outlive this one, however this one ends.
 * @throws Error with the end of its log when it ends or is not ready in time.
 */
export async function startProcess(spec: ProcessSpec): Promise<Running> {
  mkdirSync(spec.logDirectory, { recursive: true });
  const logFile = join(spec.logDirectory, `${spec.name}.log`);
  const log = openSync(logFile, "a");
  const child = spawn(spec.command, spec.args, {
    detached: true,
    stdio: ["ignore", log, log],
    env: { ...process.env, METADATA_SERVER_DETECTION: "none", ...spec.env },
    ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
  });
  closeSync(log);
  const ended = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => resolve(code));
    child.once("error", () => resolve(127));
  });
  if (child.pid === undefined) {
    await ended;
    throw new Error(`${spec.name} cannot be started: ${spec.command} is not there or not executable`);
  }
  const running = runningFrom(spec.name, child, child.pid, logFile, ended);
  tellReaper(`+${running.pid}`);
  void ended.then(() => tellReaper(`-${running.pid}`));
  await untilReady(spec, running);
  return running;
}

function runningFrom(
  name: string,
  child: ChildProcess,
  pid: number,
  logFile: string,
  ended: Promise<number | null>,
): Running {
  const alive = () => child.exitCode === null && child.signalCode === null;
  return {
    name,
    pid,
    logFile,
    alive,
    ended,
    async stop() {
      if (!alive()) return;
      signalGroup(pid, "SIGTERM");
      await untilGroupEnds(pid);
      signalGroup(pid, "SIGKILL");
      await ended;
    },
  };
}

/** Waits for the whole group: what a process started may outlast it. */
async function untilGroupEnds(pid: number): Promise<void> {
  const deadline = performance.now() + graceMs;
  while (signalGroup(pid, 0) && performance.now() < deadline) await sleep(pollMs);
}

/** @returns whether anybody of the group was there. */
function signalGroup(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-pid, signal);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ESRCH") return false;
    throw error;
  }
}

async function untilReady(spec: ProcessSpec, running: Running): Promise<void> {
  const deadline = performance.now() + spec.readyWithinMs;
  while (running.alive() && performance.now() < deadline) {
    if (await spec.isReady().catch(() => false)) return;
    await sleep(pollMs);
  }
  const why = running.alive() ? `is not ready after ${spec.readyWithinMs / 1000} s` : "ended while starting";
  await running.stop();
  throw new Error(`${spec.name} ${why}; the end of ${running.logFile}:\n${tailOf(running.logFile)}`);
}

function tailOf(file: string): string {
  return readFileSync(file, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}

/** Of taken ports: enough to see whose they are. */
const mostTakenShown = 6;

/**
 * Checks that nobody listens where we are about to.
 *
 * @param wanted - service name -> port.
 * @throws Error naming every taken port, whose it is to be, and what to do.
 */
export async function assertPortsFree(wanted: Record<string, number>): Promise<void> {
  const taken: string[] = [];
  for (const [service, port] of Object.entries(wanted)) {
    if (!(await isFree(port))) taken.push(`  ${port}  wanted by ${service}`);
  }
  if (taken.length === 0) return;
  const more = taken.length - mostTakenShown;
  throw new Error(
    [
      taken.length === 1 ? "a port is taken:" : "ports are taken:",
      ...taken.slice(0, mostTakenShown),
      ...(more > 0 ? [`  and ${more} more`] : []),
      "Stop what listens there (`ss -ltnp` or `lsof -i` names it; perhaps another copy of Lethe),",
      "or choose other ports: npm start -- --port-base 9100",
    ].join("\n"),
  );
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Finds a run of free ports for a local cloud or a set of emulators, starting from a random place.
 *
 * @returns the base.
 */
export async function findFreeBase(): Promise<number> {
  const offsets = Array.from({ length: portsOfACloud }, (_, index) => index);
  for (let attempt = 0; attempt < 50; attempt++) {
    const base = 20_000 + portsOfACloud * Math.floor(Math.random() * 100);
    const free = await Promise.all(offsets.map((offset) => isFree(base + offset)));
    if (free.every(Boolean)) return base;
  }
  throw new Error("no run of free ports between 20000 and 30000");
}

/**
 * @param url - asked with GET.
 * @returns whether it answers 200, and with `text` in the body when that is given.
 */
export async function answers(url: string, text = ""): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
  return response.ok && (await response.text()).includes(text);
}

/** Whether a process of ours with this id runs. */
export function isAlive(pid: number): boolean {
  try {
    // Signal 0 asks and does nothing; id 0 would mean this process's own group.
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}
