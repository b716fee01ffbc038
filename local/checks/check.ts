import { quick, runAll } from "./steps.ts";

await runAll(quick);
