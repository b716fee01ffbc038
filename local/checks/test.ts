import { all, runAll } from "./steps.ts";

await runAll(all);
