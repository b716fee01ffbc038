import { existsSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { type FunctionSpec, heapFlags, smallMemory } from "../terraform/functions.ts";
import { type Ports, type Region, regions } from "./ports.ts";
import { assertPortsFree, type Running, startProcess } from "./process.ts";

const root = join(import.meta.dirname, "..");
const framework = join(root, "node_modules/@google-cloud/functions-framework/build/src/main.js");
/** An instance that nobody calls for so long is ended, as Cloud Functions does. */
const idleMs = 10 * 60_000;
const sweepMs = 30_000;

/** One function in one region. */
export type InstanceKey = { functionName: string; region: Region };
export type InstanceState = InstanceKey & { port: number; pid: number };

/** The function instances of a local cloud: at most one process a function and region, started at its first request. */
export type Instances = {
  /**
   * The port of a running instance; a cold start when there is none.
   *
   * @throws Error when the function has no bundle or does not start.
   */
  portFor(key: InstanceKey): Promise<number>;
  /** Tells that a request began; call the result when it is over. */
  using(key: InstanceKey): () => void;
  running(): InstanceState[];
  stop(): Promise<void>;
};

type Entry = { started: Promise<Running>; running: Running | undefined; inFlight: number; usedAt: number };

/**
 * @param options.bundles - folder of `<function>/index.js`.
 * @param options.environmentOf - what a function finds in its environment in a region.
 */
export function createInstances(options: {
  functions: Readonly<Record<string, FunctionSpec>>;
  ports: Ports;
  bundles: string;
  logDirectory: string;
  cacheDirectory: string;
  environmentOf: (region: Region) => Record<string, string>;
}): Instances {
  const entries = new Map<string, Entry>();
  const names = Object.keys(options.functions);
  let stopped = false;
  const port = ({ functionName, region }: InstanceKey) =>
    options.ports.firstInstance + names.indexOf(functionName) * regions.length + regions.indexOf(region);

  const start = (key: InstanceKey): Entry => {
    const id = idOf(key);
    const started = startInstance(key, port(key), options);
    const entry: Entry = { started, running: undefined, inFlight: 0, usedAt: performance.now() };
    entries.set(id, entry);
    const forget = () => {
      if (entries.get(id) === entry) entries.delete(id);
    };
    started.then((running) => {
      entry.running = running;
      void running.ended.then(forget);
    }, forget);
    return entry;
  };

  const reap = setInterval(() => {
    for (const [id, { running, inFlight, usedAt }] of entries) {
      if (running === undefined || inFlight > 0 || performance.now() - usedAt < idleMs) continue;
      entries.delete(id);
      void running.stop();
    }
  }, sweepMs).unref();

  return {
    async portFor(key) {
      if (stopped) throw new Error("the local cloud is stopping");
      const entry = entries.get(idOf(key)) ?? start(key);
      entry.usedAt = performance.now();
      await entry.started;
      return port(key);
    },
    using(key) {
      const entry = entries.get(idOf(key));
      if (entry === undefined) return () => {};
      entry.inFlight += 1;
      return () => {
        entry.inFlight -= 1;
        entry.usedAt = performance.now();
      };
    },
    running: () =>
      [...entries].flatMap(([id, { running }]) => {
        const [functionName = "", region = ""] = id.split("@");
        if (running === undefined || (region !== "eu" && region !== "us")) return [];
        return [{ functionName, region, port: port({ functionName, region }), pid: running.pid }];
      }),
    async stop() {
      stopped = true;
      clearInterval(reap);
      const all = await Promise.allSettled([...entries.values()].map((entry) => entry.started));
      await Promise.all(all.flatMap((one) => (one.status === "fulfilled" ? [one.value.stop()] : [])));
    },
  };
}

function idOf({ functionName, region }: InstanceKey): string {
  return `${functionName}@${region}`;
}

async function startInstance(
  key: InstanceKey,
  port: number,
  options: Parameters<typeof createInstances>[0],
): Promise<Running> {
  const { functionName, region } = key;
  const source = join(options.bundles, functionName);
  const spec = options.functions[functionName];
  if (spec === undefined || !existsSync(join(source, "index.js"))) {
    throw new Error(`function ${functionName} has no bundle in ${source}`);
  }
  // Whoever else listens there would pass for a function that is ready.
  await assertPortsFree({ [`${functionName} (${region})`]: port });
  return startProcess({
    name: `${functionName}-${region}`,
    command: process.execPath,
    args: [
      ...(spec.heapMb === undefined ? [`--max-old-space-size=${spec.memoryMb}`] : heapFlags(spec)),
      ...["--require", join(import.meta.dirname, "loopback.cjs")],
      framework,
      ...["--source", source, "--target", functionName, "--port", String(port)],
    ],
    cwd: source,
    env: {
      ...options.environmentOf(region),
      // As Cloud Functions sets it: without it the framework shows error messages to callers.
      NODE_ENV: "production",
      NODE_COMPILE_CACHE: options.cacheDirectory,
      ...(spec.heapMb === undefined ? {} : smallMemory),
    },
    logDirectory: options.logDirectory,
    isReady: () => isListening(port),
    readyWithinMs: 60_000,
  });
}

/** A connection is enough: a request would be one that the function sees. */
function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
