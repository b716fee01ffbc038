import { type LogKeyDeps, logKey } from "./log-key.ts";
import type { NoteSigner } from "./note.ts";

/** What signs a log's checkpoints: Cloud KMS keeps the private half. */
export async function logSigner(deps: LogKeyDeps, origin: string): Promise<NoteSigner> {
  return { key: await logKey(deps, origin), sign: (message) => deps.kms.sign(deps.signingKeyName, message) };
}
