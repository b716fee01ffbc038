import { runInThisContext } from "node:vm";

/** Set-up of every test file: no search for a metadata server, and no log lines of the code under test unless asked for. */
process.env.METADATA_SERVER_DETECTION = "none";
const write = console.log;
console.log = (...parts: unknown[]) => {
  const isLogLine = typeof parts[0] === "string" && parts[0].startsWith('{"severity"');
  if (!isLogLine || process.env.LETHE_TEST_LOGS === "1") write(...parts);
};

// Jest gives each test file a global object of its own, where @google/genai looks for Node's HTTP dispatcher in vain.
const dispatcher = Symbol.for("undici.globalDispatcher.1");
Object.defineProperty(globalThis, dispatcher, {
  configurable: true,
  get: () => runInThisContext("new Headers(); globalThis")[dispatcher],
});
