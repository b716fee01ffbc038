import { createHash, type Hash } from "node:crypto";
import { signEnvelope } from "../crypto/dsse.ts";
import type { JobStep, StepRun } from "../jobs/job.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import { canonicalJson } from "../ledger/canonical-json.ts";
import type { Deps } from "../platform/deps.ts";
import { assertBuilding } from "./assert-building.ts";
import { keeping } from "./keeping.ts";
import { contentOf, folderOf, objectPath, payloadFiles } from "./payload-files.ts";
import { type Export, findExportIn, updateExport } from "./store.ts";
import { subjectJson } from "./subject-json.ts";

/** Payload type of an export's signed manifest. */
export const exportManifestType = "application/vnd.lethe.export-manifest.v1+json";

/** Manifest lines escape what would break a line. @see RFC 8493 §2.1.3 */
export function manifestPath(path: string): string {
  return path.replaceAll("%", "%25").replaceAll("\n", "%0A").replaceAll("\r", "%0D");
}

async function digestOf(content: AsyncIterable<Uint8Array>): Promise<string> {
  const hash: Hash = createHash("sha256");
  for await (const bytes of content) hash.update(bytes);
  return hash.digest("hex");
}

async function* hashing(content: AsyncIterable<Uint8Array>, hash: Hash): AsyncGenerator<Uint8Array> {
  for await (const bytes of content) {
    hash.update(bytes);
    yield bytes;
  }
}

/** Lists every payload file with its digest: the bag's manifest; or writes the single document and gives its digest. */
async function sealContent(
  deps: Deps,
  entry: Export,
  keepLease: StepRun["keepLease"],
): Promise<Record<string, string>> {
  if (entry.format === "json") {
    const hash = createHash("sha256");
    const document = hashing(keeping(subjectJson(deps, entry), keepLease), hash);
    await deps.buckets.write("exports", objectPath(entry), document, "application/json");
    return { subjectSha256: hash.digest("hex") };
  }
  const lines: string[] = [];
  for (const file of await payloadFiles(deps, entry)) {
    lines.push(`${await digestOf(keeping(contentOf(deps, file), keepLease))}  ${manifestPath(`data/${file.path}`)}\n`);
  }
  const manifest = Buffer.from(lines.join(""));
  await deps.buckets.write("exports", `${folderOf(entry)}/manifest-sha256.txt`, manifest, "text/plain");
  return { manifestSha256: createHash("sha256").update(manifest).digest("hex") };
}

/** Hashes the payload, signs what it came to, and records the digest of that in the log. A repeat signs the same. */
export const manifest: JobStep<Deps> = {
  name: "manifest",
  async run(deps, { job, assertHeld, keepLease }) {
    const entry = await assertBuilding(deps, job);
    const { id, tenantId, subjectId } = entry;
    if (entry.leaf !== undefined) return { done: true };
    const statement = {
      version: 1,
      exportId: id,
      tenantId,
      scope: entry.scope,
      createdAt: entry.createdAt.toISOString(),
      ...(await sealContent(deps, entry, keepLease)),
    };
    const payload = Buffer.from(canonicalJson(statement));
    const envelope = await signEnvelope(deps, exportManifestType, payload);
    await deps.buckets.write(
      "exports",
      `${folderOf(entry)}/export-manifest.dsse.json`,
      Buffer.from(JSON.stringify(envelope)),
      "application/json",
    );
    const audit = await auditContext(deps, tenantId, subjectId);
    await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      const current = await findExportIn(tx, deps.stores, tenantId, id);
      if (current === undefined || current.leaf !== undefined) return;
      const leaf = appendEntry(tx, audit, {
        action: "export-completed",
        actor: { kind: "system", id: "export-step" },
        ...(subjectId === undefined ? {} : { personalTargets: [{ kind: "subject", id: subjectId }] }),
        targets: [{ kind: "export", id }],
        outcome: "success",
        metadata: { manifestDigest: createHash("sha256").update(payload).digest("hex") },
      });
      updateExport(tx, deps.stores, { id, tenantId }, { leaf });
    });
    await deps.publisher.publish("ledger-nudges", { tenantId });
    return { done: true };
  },
};
