import { stopKeptCloud } from "./browser-cloud.ts";

/** Stops the cloud that the set-up started. */
// Jest looks for a default export.
// eslint-disable-next-line no-restricted-exports
export default async function tearDown(): Promise<void> {
  await stopKeptCloud();
}
