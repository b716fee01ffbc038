import { stopKeptSet } from "./emulators.ts";

/** Stops the emulators that the set-up started; a shared set runs on. */
// Jest looks for a default export.
// eslint-disable-next-line no-restricted-exports
export default async function tearDown(): Promise<void> {
  await stopKeptSet();
}
