import { expect } from "@jest/globals";
import { logKey, originOf } from "../../functions/src/ledger/log-key.ts";
import { formatVerifierKey } from "../../functions/src/ledger/verifier-key.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { makeDesk } from "../support/verify-desk.ts";

/** Expects that the offline verifier proves the first of some files, the others beside it, by the key of a tenant's log. */
export async function verifyFiles(
  deps: Deps,
  tenantId: string,
  files: Readonly<Record<string, Uint8Array>>,
): Promise<void> {
  const key = formatVerifierKey(await logKey(deps, originOf(deps, tenantId)));
  const desk = makeDesk();
  try {
    const [path = ""] = Object.entries(files).map(([name, bytes]) => desk.put(name, bytes));
    expect(await desk.verify(path, "--key", key)).toMatchObject({ exitCode: 0 });
  } finally {
    desk.clear();
  }
}
