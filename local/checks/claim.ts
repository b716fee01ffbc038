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
process.exitCode = code;
