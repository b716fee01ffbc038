#!/usr/bin/env node
// Checks what Lethe hands out, offline and with no dependency but Node. README.md says what that proves.
import { setFlagsFromString } from "node:v8";
import { run } from "./run.mjs";

// Short-lived objects may take 16 MB, not 96: a log of 1,000,000 entries is to be verified within 192 MB.
setFlagsFromString("--semi-space-growth-factor=1");
const { exitCode, text } = await run(process.argv.slice(2));
process.exitCode = exitCode;
(exitCode === 0 ? process.stdout : process.stderr).write(`${text}\n`);
