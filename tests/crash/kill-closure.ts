import { expect } from "@jest/globals";
import { findClosedAccount } from "../../functions/src/closure/find-closed-account.ts";
import { certificateFile } from "../../functions/src/closure/read-certificate.ts";
import { requestClosure } from "../../functions/src/closure/request-closure.ts";
import { waiveClosure } from "../../functions/src/closure/waive-closure.ts";
import { findLedgerState } from "../../functions/src/ledger/store.ts";
import { openFullShop, ownerPassword } from "../support/closing-shop.ts";
import { openShop } from "../support/shop.ts";
import { type ForkedCloud, untilIntegrated } from "./forked-cloud.ts";
import { killAlong } from "./kill-along.ts";
import { placesNaming, visit } from "./people.ts";
import { verifyFiles } from "./verify-files.ts";

const fatal = ["close-log", "destroy-keys", "delete-records", "certify"];
/** Requested, waived, started, completed. */
const entriesOfClosure = 4;

/** One of two accounts is deleted. */
export async function killClosure(cloud: ForkedCloud): Promise<void> {
  const { deps } = cloud;
  const staying = await openShop(deps, "staying");
  await visit(deps, staying, "leo");
  const { tenantId, staff } = await openFullShop(deps, "leaving");
  for (const each of [staying.tenantId, tenantId]) await untilIntegrated(cloud, each);
  const sizeBefore = (await findLedgerState(deps.stores, tenantId))?.size ?? 0;
  const before = await placesNaming(deps, staying.tenantId);

  const proof = { confirmation: "leaving & Co", password: ownerPassword };
  await requestClosure(deps, staff, proof);
  await waiveClosure(deps, staff, proof);
  const jobId = (await findClosedAccount(deps.stores, tenantId))?.jobId ?? "";
  await killAlong(cloud, { tenantId, jobId, functionName: "closure-step", fatal });

  const left = [...(await placesNaming(deps, tenantId)).keys()];
  const tombstone = `tombstones/${tenantId}/${jobId}.json`;
  expect(left.filter((place) => !place.startsWith(`ledger/${tenantId}/`)).sort()).toEqual([
    `data-eu/closures/${tenantId}`,
    tombstone,
  ]);
  await expect(openShop(deps, "leaving")).rejects.toMatchObject({ code: "tenant-closed" });
  const after = await placesNaming(deps, staying.tenantId);
  // An hourly sweep may note in the account's record that it began a purge.
  before.delete(`data-eu/tenants/${staying.tenantId}`);
  expect([...before].filter(([place, text]) => after.get(place) !== text)).toEqual([]);

  const account = await findClosedAccount(deps.stores, tenantId);
  if (account?.state !== "done") throw new Error(`the deletion is ${account?.state}`);
  await verifyFiles(deps, tenantId, { "closure-certificate.json": await certificateFile(deps, account) });
  // The entries themselves are gone: each act is one more of them.
  expect(account.log?.size).toBe(sizeBefore + entriesOfClosure);
  const mails = (await (await fetch(`${cloud.report.mail}.json`)).json()) as { to: string; subject: string }[];
  const subjects = mails.flatMap(({ to, subject }) => (to === "owner@leaving.example" ? [subject] : []));
  expect(subjects).toEqual(["Your Lethe account has been deleted"]);
}
