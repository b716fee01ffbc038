import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { checkComposition, type Finding } from "./composition.ts";
import { readTestReport } from "./events.ts";
import type { Workspace } from "./workspace.ts";

const tests = "tests/terraform";

/** A line of a module, what to make of it, and who must complain: an assertion's message, a run's name, a finding. */
const breakagesFile = z.array(
  z.strictObject({ file: z.string(), find: z.string().min(1), replace: z.string(), complaint: z.string() }),
);
type Breakage = z.infer<typeof breakagesFile>[number];

interface TestFile {
  name: string;
  text: string;
}

async function testFiles(workspace: Workspace): Promise<TestFile[]> {
  const names = (await readdir(join(workspace.folder, tests))).filter((name) => name.endsWith(".tftest.hcl"));
  return Promise.all(
    names.map(async (name) => ({ name, text: await readFile(join(workspace.folder, tests, name), "utf8") })),
  );
}

/** Everything that a test file may complain of: assertions by their message, refusals by their run. */
function complaintsOf({ text }: TestFile): string[] {
  const messages = [...text.matchAll(/error_message = "(.*)"/g)].flatMap(([, message]) => message ?? []);
  const refusals = text
    .split(/^run /m)
    .flatMap((run) => (run.includes("expect_failures") ? (run.match(/"(\w+)"/)?.[1] ?? []) : []));
  return [...messages, ...refusals];
}

/** What is said when a file's tests run on the configuration as it is. */
async function complaintsNow(workspace: Workspace, file: string): Promise<string[]> {
  const outcome = await workspace.run(tests, "test", "-json", "-verbose", `-filter=${file}`);
  const { runs, complaints, planned } = readTestReport(outcome.stdout);
  const composition = planned.filter(({ run }) => run === "two_regions");
  const found = composition.length === 0 ? [] : checkComposition(composition).filter(({ faults }) => faults.length > 0);
  return [
    ...complaints,
    ...runs.flatMap((run) => run.complaints),
    // A validation that no longer refuses: the run that expects the refusal fails.
    ...runs.filter(({ status }) => status !== "pass" && status !== "skip").map(({ run }) => run),
    ...found.map(({ name }) => name),
  ];
}

async function tryBreakage(workspace: Workspace, files: TestFile[], breakage: Breakage): Promise<Finding> {
  const { file, find, replace, complaint } = breakage;
  const name = `break ${file} -> ${complaint}`;
  const path = join(workspace.folder, "terraform/modules", file);
  const whole = await readFile(path, "utf8");
  if (!whole.includes(find)) return { name, faults: [`${file} has no ${find}`] };
  const test = files.find((one) => complaintsOf(one).includes(complaint))?.name ?? "lethe.tftest.hcl";
  await writeFile(
    path,
    whole.replace(find, () => replace),
  );
  const said = await complaintsNow(workspace, test);
  await writeFile(path, whole);
  const heard = said.some((line) => line === complaint || line.endsWith(`: ${complaint}`));
  return { name, faults: heard ? [] : [`${test} said: ${said.join("; ") || "nothing"}`] };
}

/**
 * Breaks modules one line at a time and runs the test that guards the line: an assertion that cannot fail is found out.
 *
 * @param wanted - how the names of the files to break begin; empty for all.
 * @returns a finding for each breakage, faulty when its assertion did not complain, and one for assertions without any.
 */
export async function checkThatAssertionsFail(workspace: Workspace, wanted: string): Promise<Finding[]> {
  const files = await testFiles(workspace);
  const text = await readFile(new URL("breakages.json", import.meta.url), "utf8");
  const breakages = breakagesFile.parse(JSON.parse(text));
  const findings: Finding[] = [];
  for (const breakage of breakages.filter(({ file }) => file.startsWith(wanted))) {
    findings.push(await tryBreakage(workspace, files, breakage));
  }
  const tried = new Set(breakages.map(({ complaint }) => complaint));
  const untried = files.flatMap(complaintsOf).filter((complaint) => !tried.has(complaint));
  return [...findings, { name: "every assertion has been seen to fail", faults: untried }];
}
