import { runInThisContext } from "node:vm";

process.env.METADATA_SERVER_DETECTION = "none";

// Jest gives each test file a global object of its own, where @google/genai looks for Node's HTTP dispatcher in vain.
const dispatcher = Symbol.for("undici.globalDispatcher.1");
Object.defineProperty(globalThis, dispatcher, {
  configurable: true,
  get: () => runInThisContext("new Headers(); globalThis")[dispatcher],
});
