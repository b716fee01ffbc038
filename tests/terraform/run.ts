import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { checkComposition } from "./composition.ts";
import { readTestReport } from "./events.ts";
import { checkThatAssertionsFail } from "./mutations.ts";
import { openWorkspace, root, terraform, type Workspace } from "./workspace.ts";

// Checks the Terraform configuration without any cloud or registry. `--break` also breaks the modules one line at a
// time (`--break=buckets`: those of one module) and expects the assertion that guards the line to fail. The last line
// of the output is one JSON object.

const tally = { passed: 0, failed: 0, skipped: 0 };

function report(name: string, faults: readonly string[]): void {
  tally[faults.length === 0 ? "passed" : "failed"] += 1;
  console.log(`${faults.length === 0 ? "ok    " : "FAILED"} ${name}`);
  for (const fault of faults) console.log(`         ${fault}`);
}

function end(reason?: string): void {
  console.log(JSON.stringify(reason === undefined ? tally : { ...tally, reason }));
  process.exitCode = tally.failed === 0 ? 0 : 1;
}

async function checkFormat(): Promise<void> {
  for (const folder of ["terraform", "tests/terraform"]) {
    const outcome = await terraform(join(root, folder), ["fmt", "-check", "-recursive", "-no-color"]);
    report(`fmt ${folder}`, outcome?.ok === true ? [] : lines(`${outcome?.stdout}${outcome?.stderr}`));
  }
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

/** Every folder below that holds a configuration. */
async function configurations(workspace: Workspace): Promise<string[]> {
  const found = await Promise.all(
    ["terraform/modules", "terraform/envs"].map(async (parent) =>
      (await readdir(join(workspace.folder, parent))).sort().map((name) => `${parent}/${name}`),
    ),
  );
  return found.flat();
}

async function checkValid(workspace: Workspace, folder: string): Promise<void> {
  const init = await workspace.run(folder, "init", "-backend=false", "-input=false", "-no-color");
  const outcome = init.ok ? await workspace.run(folder, "validate", "-no-color") : init;
  report(`validate ${folder}`, outcome.ok ? [] : lines(`${outcome.stdout}${outcome.stderr}`));
}

async function checkEveryConfiguration(workspace: Workspace): Promise<void> {
  for (const folder of await configurations(workspace)) await checkValid(workspace, folder);
}

async function checkTests(workspace: Workspace): Promise<void> {
  const init = await workspace.run("tests/terraform", "init", "-backend=false", "-input=false", "-no-color");
  if (!init.ok) return report("init tests/terraform", lines(init.stderr));
  const outcome = await workspace.run("tests/terraform", "test", "-json", "-verbose");
  const { runs, complaints, planned } = readTestReport(outcome.stdout);
  for (const { file, run, status, complaints: said } of runs) {
    report(`test ${file} ${run}`, status === "pass" ? [] : said.length === 0 ? [status] : said);
  }
  if (!outcome.ok && runs.every(({ status }) => status === "pass")) {
    report("test", [...complaints, ...lines(outcome.stderr)]);
  }
  const composition = planned.filter(({ run }) => run === "two_regions");
  for (const { name, faults } of checkComposition(composition)) report(`plan ${name}`, faults);
}

async function main(): Promise<void> {
  const version = await terraform(root, ["version", "-json"]);
  if (version === undefined) {
    tally.skipped += 1;
    return end("terraform is not installed; 1.11 or later checks the configuration");
  }
  const workspace = await openWorkspace();
  try {
    await checkFormat();
    await Promise.all([checkEveryConfiguration(workspace), checkTests(workspace)]);
    const wanted = process.argv.find((argument) => argument.startsWith("--break"))?.replace(/^--break=?/, "");
    if (wanted !== undefined) {
      for (const { name, faults } of await checkThatAssertionsFail(workspace, wanted)) report(name, faults);
    }
  } finally {
    await workspace.close();
  }
  end();
}

await main();
