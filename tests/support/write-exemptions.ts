import { readFileSync, writeFileSync } from "node:fs";
import { exemptFields } from "./index-file.ts";

// Run it after a change of sealed or unindexed fields: `node tests/support/write-exemptions.ts`. Indexes that queries
// need stay as they were written by hand.
const file = JSON.parse(readFileSync("firestore.indexes.json", "utf8")) as { fieldOverrides: { indexes: unknown[] }[] };
const byHand = file.fieldOverrides.filter((entry) => entry.indexes.length > 0);
const exempt = exemptFields().map((name) => {
  const [collectionGroup, fieldPath] = name.split("/");
  return { collectionGroup, fieldPath, indexes: [] };
});
writeFileSync(
  "firestore.indexes.json",
  `${JSON.stringify({ ...file, fieldOverrides: [...exempt, ...byHand] }, null, 2)}\n`,
);
