import { expect } from "@jest/globals";
import { exportedCollections, objectPath } from "../../functions/src/exports/payload-files.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import { type Export, findExport } from "../../functions/src/exports/store.ts";
import { findJob } from "../../functions/src/jobs/jobs.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { openShop } from "../support/shop.ts";
import { type ForkedCloud, integratedActions, notOnce } from "./forked-cloud.ts";
import { killAlong } from "./kill-along.ts";
import { placesNaming, recordsAmong, visit } from "./people.ts";
import { verifyFiles } from "./verify-files.ts";

/** More files than an export copies in one run. */
const fileCount = 25;

/** A whole account is exported, as a bag. */
export async function killAccountExport(cloud: ForkedCloud): Promise<void> {
  const { deps } = cloud;
  const shop = await openShop(deps, "exported");
  const { tenantId } = shop;
  await visit(deps, shop, "carol");
  await visit(deps, shop, "dave");
  for (let number = 1; number <= fileCount; number += 1)
    await deps.buckets.write("knowledge", `${tenantId}/d${number}/original.md`, Buffer.from("Open."), "text/markdown");

  const { counts } = await killExport(cloud, tenantId, undefined, ["collect leads", "copy-files", "assemble"]);
  expect(counts).toMatchObject({ leads: 10, subjects: 2, files: fileCount });
}

/** One of two persons is exported, as one document. */
export async function killPersonExport(cloud: ForkedCloud): Promise<void> {
  const { deps } = cloud;
  const shop = await openShop(deps, "taken");
  const { subjectId } = await visit(deps, shop, "erin");
  await visit(deps, shop, "frank");

  const { counts, log } = await killExport(cloud, shop.tenantId, subjectId, ["describe", "manifest", "finish"]);
  expect(counts).toMatchObject({ leads: 5, subjects: 1 });
  expect(notOnce(log, ["request-received", "request-completed"])).toEqual([]);
}

/** Expects an export that holds each record once, is proven by the verifier, and was completed once. */
async function killExport(
  cloud: ForkedCloud,
  tenantId: string,
  subjectId: string | undefined,
  fatal: readonly string[],
): Promise<{ counts: Readonly<Record<string, number>> | undefined; log: readonly string[] }> {
  const { deps } = cloud;
  const what = subjectId === undefined ? ({ format: "bag" } as const) : ({ format: "json", subjectId } as const);
  const { exportId, jobId } = await requestExport(deps, { kind: "member", id: "judy" }, tenantId, what, "export-key");
  await killAlong(cloud, { tenantId, jobId, functionName: "export-step", fatal });

  const entry = await findExport(deps.stores, tenantId, exportId);
  if (entry?.state !== "ready") throw new Error(`the export is ${entry?.state}`);
  const files = await handedOut(deps, entry);
  await verifyFiles(deps, tenantId, files);
  const names = new Set<string>(exportedCollections(entry.scope).map((collection) => collection.entry.name));
  const records = [...recordsAmong(await placesNaming(deps, subjectId ?? tenantId)).keys()].map((place) =>
    place.split("/"),
  );
  const ids = records.flatMap((path) => (names.has(path.at(-2) ?? "") ? [path.at(-1) ?? ""] : []));
  // Records stand each on a line of their own, in a bag too, whose files are not packed.
  const text = Buffer.from(Object.values(files)[0] ?? []).toString("utf8");
  const exported = [...text.matchAll(/^\{"id":"([^"]+)",/gm)].flatMap(([, id = ""]) => (ids.includes(id) ? [id] : []));
  expect(exported.sort()).toEqual(ids.sort());
  const log = await integratedActions(cloud, tenantId);
  expect(notOnce(log, ["export-requested", "export-completed"])).toEqual([]);
  return { counts: (await findJob(deps.stores, tenantId, jobId))?.counts, log };
}

async function handedOut(deps: Deps, entry: Export): Promise<Record<string, Uint8Array>> {
  const read = async (path: string) => (await deps.buckets.read("exports", path)) ?? new Uint8Array();
  const path = objectPath(entry);
  if (entry.format === "bag") return { "export.zip": await read(path) };
  return { "subject.json": await read(path), "subject.json.dsse.json": await read(`${path}.dsse.json`) };
}
