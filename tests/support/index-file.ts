import { readFileSync } from "node:fs";
import { z } from "zod";
import { collections } from "../../functions/src/inventory/inventory.ts";

const scope = z.enum(["COLLECTION", "COLLECTION_GROUP"]);
const fieldShape = z.strictObject({
  fieldPath: z.string(),
  order: z.enum(["ASCENDING", "DESCENDING"]).optional(),
  arrayConfig: z.literal("CONTAINS").optional(),
  vectorConfig: z.strictObject({ dimension: z.int(), flat: z.strictObject({}) }).optional(),
});
const fileShape = z.strictObject({
  indexes: z.array(z.strictObject({ collectionGroup: z.string(), queryScope: scope, fields: z.array(fieldShape) })),
  fieldOverrides: z.array(
    z.strictObject({
      collectionGroup: z.string(),
      fieldPath: z.string(),
      indexes: z.array(
        z.strictObject({
          queryScope: scope,
          order: z.enum(["ASCENDING", "DESCENDING"]).optional(),
          arrayConfig: z.literal("CONTAINS").optional(),
        }),
      ),
    }),
  ),
});
export type IndexFile = z.infer<typeof fileShape>;
export type CompositeIndex = IndexFile["indexes"][number];

/** `firestore.indexes.json`, or another text of that shape. */
export function readIndexFile(text = readFileSync("firestore.indexes.json", "utf8")): IndexFile {
  return fileShape.parse(JSON.parse(text));
}

/** `group/field` of every field that no index may hold, as the inventory says. */
export function exemptFields(): string[] {
  const names = collections.flatMap(({ path, sealed, unindexed = [] }) => {
    const group = path.split("/").at(-2) ?? "";
    // An exemption of a map covers what is in it, so that `window.*.question` is exempt as `window`.
    return [...sealed, ...unindexed].map((field) => `${group}/${field.split(".")[0]}`);
  });
  return [...new Set(names)].sort();
}

/**
 * What is wrong with an index file, in words: exemptions that the inventory asks for and the file lacks, or has beyond
 * it, collections that nobody declared, and indexes over sealed fields.
 */
export function indexFileFaults(file: IndexFile): string[] {
  const wanted = exemptFields();
  const groups = new Set(collections.map(({ path }) => path.split("/").at(-2)));
  const exempt = file.fieldOverrides
    .filter((override) => override.indexes.length === 0)
    .map((override) => `${override.collectionGroup}/${override.fieldPath}`);
  const undeclared = [...file.indexes, ...file.fieldOverrides]
    .map((entry) => entry.collectionGroup)
    .filter((group) => !groups.has(group));
  const overSealed = file.indexes.flatMap((index) =>
    index.fields
      .filter((field) => field.vectorConfig === undefined)
      .map((field) => `${index.collectionGroup}/${field.fieldPath.split(".")[0]}`)
      .filter((name) => wanted.includes(name)),
  );
  return [
    ...wanted.filter((name) => !exempt.includes(name)).map((name) => `${name} is not exempt`),
    ...exempt.filter((name) => !wanted.includes(name)).map((name) => `${name} is exempt for no reason`),
    ...undeclared.map((group) => `${group} is not declared`),
    ...overSealed.map((name) => `${name} is indexed and must not be`),
  ];
}
