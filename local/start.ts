/**
 * The local cloud, until Ctrl-C: npm start [-- --port-base N] [--no-seed] [--build-only] [--vertex-project P]
 */
import { type Built, buildAll } from "./build.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { originsOf } from "./environment.ts";
import { portBaseFrom } from "./ports.ts";
import { readyFile } from "./ready-file.ts";

const args = process.argv.slice(2);
const startedAt = performance.now();
const seconds = () => `${((performance.now() - startedAt) / 1000).toFixed(1).padStart(5)} s`;
const tell = (line: string) => console.log(`${seconds()}  ${line}`);

function optionOf(option: string): string | undefined {
  const at = args.indexOf(option);
  return at === -1 ? undefined : args[at + 1];
}

function tellBuilt(built: readonly Built[]): void {
  for (const { part, skipped, milliseconds, note } of built) {
    const how = skipped ? "up to date" : `built in ${(milliseconds / 1000).toFixed(1)} s`;
    tell(`${part}: ${how}${note === undefined ? "" : ` (${note})`}`);
  }
}

function tellReady(cloud: Cloud): void {
  const { ports, report } = cloud;
  const origins = originsOf(ports);
  const rows = [
    ...cloud.emulators.processes.map((process) => [process.name, "up", process.logFile]),
    ...cloud.instances
      .running()
      .map(({ functionName, region, port }) => [`${functionName} (${region})`, "up", `port ${port}`]),
  ];
  const width = Math.max(...rows.map(([name = ""]) => name.length));
  console.log(`\n${rows.map(([name = "", state, where]) => `  ${name.padEnd(width)}  ${state}  ${where}`).join("\n")}`);
  console.log(`\n  console      ${report.app}`);
  for (const [region, origin] of Object.entries(report.api)) console.log(`  API ${region}       ${origin}`);
  for (const tenant of report.tenants) {
    const owner = tenant.staff.find((member) => member.role === "owner");
    console.log(`  demo page    ${tenant.demoPage}  ${tenant.name} (${tenant.region})`);
    if (owner !== undefined) console.log(`               sign in as ${owner.email} / ${owner.password}`);
  }
  console.log(`  mail         ${report.mail}`);
  console.log(`  control      ${report.control}/health`);
  console.log(`  logs         ${report.logs}`);
  console.log(`  for programs ${readyFile}`);
  console.log(
    `\nReady after ${seconds().trim()}. ${origins.app.includes("localhost") ? "Ctrl-C stops everything." : ""}`,
  );
}

let stopping = false;
/** One Ctrl-C may arrive twice: from the terminal, and passed on by whoever started this process. */
const sameSignalMs = 1000;

/** Ends everything; a second Ctrl-C while that lasts kills what is left (the reaper sees this process end). */
function stopOnSignals(cloud: () => Cloud | undefined): void {
  let signaledAt = 0;
  const onSignal = () => {
    if (stopping && performance.now() - signaledAt < sameSignalMs) return;
    if (stopping) process.exit(1);
    stopping = true;
    signaledAt = performance.now();
    console.log("\nstopping...");
    const ended = cloud()?.stop() ?? Promise.resolve();
    ended.then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  process.on("SIGHUP", onSignal);
  // A parent that was killed cannot pass a signal on.
  const parent = Number(process.env.LETHE_BOOTSTRAP_PID);
  if (process.ppid === parent) {
    const watch = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(watch);
      onSignal();
    }, 500).unref();
  }
}

async function main(): Promise<void> {
  if (args.includes("--build-only")) {
    tellBuilt(await buildAll());
    return;
  }
  let cloud: Cloud | undefined;
  stopOnSignals(() => cloud);
  cloud = await startCloud({
    base: portBaseFrom(args),
    seeded: !args.includes("--no-seed"),
    vertexProject: optionOf("--vertex-project"),
    tell,
  });
  tellBuilt(cloud.built);
  tellReady(cloud);
  const ended = await Promise.race(
    cloud.emulators.processes.map(async (process) => {
      await process.ended;
      return process;
    }),
  );
  if (stopping) return;
  console.error(`${ended.name} ended by itself; see ${ended.logFile}`);
  await cloud.stop();
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});
