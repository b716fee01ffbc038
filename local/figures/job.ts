import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { JobKindName } from "../../functions/src/jobs/job.ts";
import { requestErasure } from "../../functions/src/subject-requests/erasure/request-erasure.ts";
import { heapFlags, readFunctions, smallMemory } from "../../terraform/functions.ts";
import { addPersonTo, subjectIdOf } from "../../tests/support/person-records.ts";
import { staffActor } from "../../tests/support/world.ts";
import { freshProject } from "./business.ts";
import { withEmulators } from "./emulators.ts";
import { atMost, type Figure } from "./figure.ts";
import { jobDeps, leaveProject, openTenant } from "./job-deps.ts";

/** A job that waits in a project on the emulators. */
export type WaitingJob = { project: string; tenantId: string; jobId: string; kind: JobKindName };

/** As functions.json gives them to the functions of steps: V8 otherwise collects late, where the machine has room. */
function memoryFlags(kind: WaitingJob["kind"]): string[] {
  const spec = readFunctions()[`${kind}-step`];
  if (spec === undefined) throw new Error(`no function ${kind}-step`);
  return heapFlags(spec);
}

const root = join(import.meta.dirname, "../..");

/**
 * Runs a job in a process of its own, bundled as a function is, to its end.
 *
 * @returns the process's peak resident memory in MiB.
 * @throws Error with the process's words when the job does not end as done.
 */
export async function runJobAlone(environment: Readonly<Record<string, string>>, job: WaitingJob): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "lethe-job-"));
  const outfile = join(folder, "job.mjs");
  try {
    await build({
      entryPoints: [join(import.meta.dirname, "job-process.ts")],
      absWorkingDir: root,
      outfile,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node24",
      keepNames: true,
      banner: {
        js: 'import { createRequire as made } from "node:module"; const require = made(import.meta.url); const __filename = import.meta.filename, __dirname = import.meta.dirname;',
      },
      logLevel: "silent",
    });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [...memoryFlags(job.kind), outfile, JSON.stringify(job)],
      {
        env: { ...process.env, ...environment, ...smallMemory },
        maxBuffer: 64 * 1024 * 1024,
      },
    );
    return Math.round(Number(stdout.trim().split("\n").at(-1)) / 1024);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const turns = 20_000;

/** Peak memory of the jobs that handle one person's records, for a person who has very many. */
export function jobFigures(): Promise<Figure[]> {
  return withEmulators("demo-figures", async (environment) => {
    const project = await freshProject(environment);
    const deps = jobDeps(project, environment);
    const tenantId = await openTenant(deps, "memory");
    const documents = await addPersonTo(deps, tenantId, "alice", ({ name }) => (name === "turns" ? turns : 2));
    const subjectId = subjectIdOf("alice");
    const bag = await requestExport(deps, staffActor, tenantId, { subjectId, format: "bag" }, "memory");
    const exportMb = await runJobAlone(environment, { project, tenantId, jobId: bag.jobId, kind: "export" });
    const erasure = await requestErasure(deps, staffActor, tenantId, { kind: "person", subjectId }, undefined);
    const erasureMb = await runJobAlone(environment, { project, tenantId, jobId: erasure.jobId, kind: "erasure" });
    await leaveProject(deps, environment);
    const unit = `MiB resident at most, for a person with ${documents} documents (export ${exportMb}, erasure ${erasureMb}), under the heap limits of functions.json`;
    return [atMost("job.maxRssMb", Math.max(exportMb, erasureMb), unit, 192)];
  });
}
