import { startCloud } from "../../local/cloud.ts";
import { findFreeBase } from "../../local/process.ts";
import { keepCloud } from "./browser-cloud.ts";

/**
 * Starts a local cloud with the demo tenants, once for all browser tests, and tells them of it in LETHE_TEST_CLOUD. A cloud
 * that already runs is used when that variable holds its report. They share its clock and its model, so run them one after the
 * other: `jest --selectProjects browser --runInBand`.
 */
// Jest looks for a default export.
// eslint-disable-next-line no-restricted-exports
export default async function setUp(): Promise<void> {
  if (process.env.LETHE_TEST_CLOUD !== undefined) return;
  const cloud = await startCloud({ base: await findFreeBase(), announced: false });
  keepCloud(cloud);
  process.env.LETHE_TEST_CLOUD = JSON.stringify(cloud.report);
}
