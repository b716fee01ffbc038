import { createHash } from "node:crypto";
import { type InputWithoutMeta, type InputWithSizeMeta, makeZip } from "client-zip";
import type { JobStep, StepRun } from "../jobs/job.ts";
import { auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { completeRequest, findRequestIn } from "../subject-requests/complete-request.ts";
import { assertBuilding } from "./assert-building.ts";
import { keeping } from "./keeping.ts";
import { contentOf, folderOf, objectPath, payloadFiles } from "./payload-files.ts";
import { removeExportObjects } from "./remove-export-files.ts";
import { type Export, findExportIn, updateExport } from "./store.ts";

const declaration = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

async function stored(deps: Deps, entry: Export, name: string): Promise<Uint8Array> {
  const bytes = await deps.buckets.read("exports", `${folderOf(entry)}/${name}`);
  if (bytes === undefined) throw new AppError("not-found", `export ${entry.id} has no ${name}; start it again`);
  return bytes;
}

/** The bag's files in order, each opened when its turn comes. @see RFC 8493 §2 */
async function* bagFiles(
  deps: Deps,
  entry: Export,
  keepLease: StepRun["keepLease"],
): AsyncGenerator<InputWithoutMeta | InputWithSizeMeta> {
  const at = { lastModified: entry.createdAt };
  const manifest = await stored(deps, entry, "manifest-sha256.txt");
  const info = `Bagging-Date: ${entry.createdAt.toISOString().slice(0, 10)}\nExternal-Identifier: ${entry.id}\nSource-Organization: Lethe\n`;
  const tags: [string, Uint8Array][] = [
    ["bagit.txt", Buffer.from(declaration)],
    ["bag-info.txt", Buffer.from(info)],
    ["manifest-sha256.txt", manifest],
  ];
  for (const [name, bytes] of tags) yield { name, input: Buffer.from(bytes), ...at };
  const sums = tags.map(([name, bytes]) => `${createHash("sha256").update(bytes).digest("hex")}  ${name}\n`);
  yield { name: "tagmanifest-sha256.txt", input: sums.join(""), ...at };
  for (const name of ["export-manifest.dsse.json", "proof.json"]) {
    yield { name, input: Buffer.from(await stored(deps, entry, name)), ...at };
  }
  for (const file of await payloadFiles(deps, entry)) {
    yield { name: `data/${file.path}`, input: keeping(contentOf(deps, file), keepLease), ...at };
  }
}

/** Puts together what is handed out, and opens it for fetching. One pass over the parts, flat in memory; a repeat writes the same. */
export const assemble: JobStep<Deps> = {
  name: "assemble",
  async run(deps, { job, keepLease }) {
    const entry = await assertBuilding(deps, job);
    if (entry.format === "bag") {
      const zip = makeZip(bagFiles(deps, entry, keepLease));
      await deps.buckets.write("exports", objectPath(entry), zip, "application/zip");
    } else {
      const proof = JSON.parse(Buffer.from(await stored(deps, entry, "proof.json")).toString("utf8")) as Record<
        string,
        unknown
      >;
      const envelope: unknown = JSON.parse(
        Buffer.from(await stored(deps, entry, "export-manifest.dsse.json")).toString("utf8"),
      );
      await deps.buckets.write(
        "exports",
        `${objectPath(entry)}.dsse.json`,
        Buffer.from(JSON.stringify({ envelope, ...proof })),
        "application/json",
      );
    }
    return { done: true };
  },
};

/** Opens the export for fetching, which answers the request that it was made for, and drops its parts. */
export const finish: JobStep<Deps> = {
  name: "finish",
  async run(deps, { job, assertHeld, keepLease }) {
    const entry = await assertBuilding(deps, job);
    const objects = await deps.buckets.list("exports", `${folderOf(entry)}/`);
    const sizeBytes = objects.find((object) => object.path === objectPath(entry))?.size ?? 0;
    const audit = await auditContext(deps, entry.tenantId, entry.subjectId);
    await deps.stores.data.runTransaction(async (tx) => {
      await assertHeld(tx);
      const [current, request] = await Promise.all([
        findExportIn(tx, deps.stores, entry.tenantId, entry.id),
        findRequestIn(tx, deps.stores, entry.tenantId, entry.id),
      ]);
      if (current?.state !== "building") return;
      updateExport(tx, deps.stores, entry, { state: "ready", sizeBytes });
      const actor = { kind: "system", id: "export-step" } as const;
      completeRequest(tx, deps, audit, request, { actor, at: deps.clock.now() });
    });
    // Ready from here on; parts that a stop leaves behind go with the export's folder after seven days.
    const parts = objects.flatMap(({ path }) => (path.includes("/parts/") ? [path] : []));
    await removeExportObjects(deps, parts, keepLease);
    return { done: true, counts: { bytes: sizeBytes } };
  },
};
