import { join } from "node:path";
import { root, run } from "./step.ts";

/** Runs the check of one row of docs/claims.md: `npm run claim -- tests/integration/erasure.test.ts`. */
const [file = ""] = process.argv.slice(2);
const project = /^tests\/(\w+)\/.+\.test\.ts$/.exec(file)?.[1];
const { code, output } =
  project === undefined
    ? await run("claim", process.execPath, [join(root, file)])
    : await run("claim", "jest", ["--selectProjects", project, "--", file], {
        NODE_OPTIONS: "--experimental-vm-modules",
      });
console.log(output);
// Terraform's checks, and jest for want of a match, end well when they checked nothing.
const isChecked = project === undefined ? /"passed":[1-9]/.test(output) : /^Tests: .*[1-9]\d* passed/m.test(output);
if (code === 0 && !isChecked) console.log("nothing was checked: what the check needs is not on this machine");
process.exitCode = isChecked ? code : 1;
