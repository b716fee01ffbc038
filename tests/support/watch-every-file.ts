import { afterAll, expect } from "@jest/globals";
import { watchFirestore } from "./watch-firestore.ts";

/** Files that do on purpose what is not borne: they test the watch, Firestore itself, or an inventory with one entry more. */
const excepted = /(declared|firestore-conformance|new-collection)\.test\.ts$/;

// Every file under tests/integration fails when a write lies in no declared collection, or when a query has no index.
const watch = watchFirestore();
afterAll(() => {
  if (!excepted.test(expect.getState().testPath ?? "")) expect(watch.faults()).toEqual([]);
});
