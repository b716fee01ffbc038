import { afterAll, expect } from "@jest/globals";
import { watchFirestore } from "./watch-firestore.ts";

/** Files that do on purpose what is not borne: they test the watch, or Firestore itself. */
const excepted = /(declared|firestore-conformance)\.test\.ts$/;

// Every file under tests/integration fails when a write lies in no declared collection, or when a query has no index.
const watch = watchFirestore();
afterAll(() => {
  if (!excepted.test(expect.getState().testPath ?? "")) expect(watch.faults()).toEqual([]);
});
