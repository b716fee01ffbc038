import { z } from "zod";

const event = z.looseObject({
  type: z.string(),
  "@message": z.string(),
  "@testfile": z.string().optional(),
  "@testrun": z.string().optional(),
  test_run: z
    .looseObject({ path: z.string(), run: z.string(), progress: z.string(), status: z.string().optional() })
    .optional(),
  diagnostic: z.looseObject({ severity: z.string(), summary: z.string(), detail: z.string().optional() }).optional(),
  test_plan: z
    .looseObject({
      resource_changes: z
        .array(
          z.looseObject({
            address: z.string(),
            type: z.string(),
            change: z.looseObject({ after: z.record(z.string(), z.unknown()).nullable() }),
          }),
        )
        .optional(),
    })
    .optional(),
});

/** One run block of a test file, and what it complained of. */
export interface TestRun {
  file: string;
  run: string;
  status: string;
  complaints: string[];
}

/** A resource as a plan would make it. */
export interface PlannedResource {
  /** The run block that planned it. */
  run: string;
  /** Such as `module.region["eu"].module.keys.google_kms_key_ring.ring`. */
  address: string;
  type: string;
  /** Its arguments as far as they are known before anything exists. */
  values: Record<string, unknown>;
}

/** What one `terraform test -json` said. */
export interface TestReport {
  runs: TestRun[];
  /** Complaints of no run: a file that does not parse, a module that is not valid. */
  complaints: string[];
  /** Resources of the runs that were planned with -verbose. */
  planned: PlannedResource[];
}

/**
 * Reads the output of `terraform test -json`: one JSON document a line.
 *
 * @param text - the whole standard output; lines that are no JSON count as complaints.
 */
export function readTestReport(text: string): TestReport {
  const report: TestReport = { runs: [], complaints: [], planned: [] };
  const said = new Map<string, string[]>();
  for (const line of text.split("\n").filter((entry) => entry.trim() !== "")) {
    if (!line.startsWith("{")) {
      report.complaints.push(line);
      continue;
    }
    const { diagnostic, test_run: run, test_plan: plan, ...rest } = event.parse(JSON.parse(line));
    const key = `${rest["@testfile"] ?? ""} ${rest["@testrun"] ?? ""}`;
    if (diagnostic?.severity === "error") {
      const complaint = `${diagnostic.summary}: ${diagnostic.detail ?? ""}`.replaceAll(/\s+/g, " ").trim();
      if (rest["@testrun"] === undefined) report.complaints.push(complaint);
      else said.set(key, [...(said.get(key) ?? []), complaint]);
    }
    if (run?.progress === "complete") {
      report.runs.push({ file: run.path, run: run.run, status: run.status ?? "unknown", complaints: [] });
    }
    for (const { address, type, change } of plan?.resource_changes ?? []) {
      report.planned.push({ run: rest["@testrun"] ?? "", address, type, values: change.after ?? {} });
    }
  }
  for (const run of report.runs) run.complaints = said.get(`${run.file} ${run.run}`) ?? [];
  return report;
}
