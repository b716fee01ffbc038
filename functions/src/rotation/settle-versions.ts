import type { Deps } from "../platform/deps.ts";
import { log } from "../platform/log.ts";
import type { KeyVersion } from "../ports/kms.ts";
import { destroyableFrom } from "./schedule.ts";
import type { SeenVersion } from "./store.ts";

/**
 * Decides on each version of the region's key after a complete count: one that wraps nothing is remembered with the time
 * since when, and its destruction is scheduled once no backup can need it. Cloud KMS then waits out its own destroy
 * delay, during which an operator can call it back.
 *
 * @param uses - how many stored keys each version wraps, by full name, from a round under `primary`.
 * @param before - what the last round decided.
 * @returns what is known of every version now.
 */
export async function settleVersions(
  deps: Deps,
  primary: string,
  uses: Readonly<Record<string, number>>,
  before: readonly SeenVersion[],
  now: Date,
): Promise<SeenVersion[]> {
  const versions = await deps.kms.listVersions(deps.kekName);
  const primaryAt = versions.find(({ name }) => name === primary)?.createdAt;
  const seen: SeenVersion[] = [];
  for (const version of versions) {
    // Newer than the primary one: about to become it.
    const isOld = version.name !== primary && primaryAt !== undefined && version.createdAt <= primaryAt;
    const isAlive = version.state === "ENABLED" || version.state === "DISABLED";
    const earlier = before.find(({ name }) => name === version.name)?.unusedSince;
    if (!isOld || !isAlive || (uses[version.name] ?? 0) > 0)
      seen.push(isAlive || earlier === undefined ? { ...version } : { ...version, unusedSince: earlier });
    else seen.push(await settleUnused(deps, version, earlier ?? now, now));
  }
  return seen;
}

async function settleUnused(deps: Deps, version: KeyVersion, unusedSince: Date, now: Date): Promise<SeenVersion> {
  if (now < destroyableFrom(unusedSince)) return { ...version, unusedSince };
  await deps.kms.destroyVersion(version.name);
  // Scheduled now. If we stop here, the next round finds it so and goes on.
  log.warn("key version destroyed", { state: "DESTROY_SCHEDULED", kind: version.name.split("/").at(-1) ?? "" });
  const after = (await deps.kms.listVersions(deps.kekName)).find(({ name }) => name === version.name);
  return { ...(after ?? version), unusedSince };
}
