#!/usr/bin/env node
// Checks what Lethe hands out, offline and with no dependency but Node. README.md says what that proves.
import { run } from "./run.mjs";

const { exitCode, text } = await run(process.argv.slice(2));
process.exitCode = exitCode;
(exitCode === 0 ? process.stdout : process.stderr).write(`${text}\n`);
