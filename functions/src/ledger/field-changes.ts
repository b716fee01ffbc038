import { createHash } from "node:crypto";
import { canonicalJson, type JsonObject, type JsonValue } from "./canonical-json.ts";

/** A field of a record that an act gave another value. */
export interface FieldChange {
  field: string;
  /** Null where there was none. */
  before: JsonValue;
  after: JsonValue;
  /** Whether the values may stand in the log as they are. */
  isSafe: boolean;
}

/**
 * What a change of a record comes to: the fields whose value is another afterwards, whatever was sent.
 *
 * @param stored - the record as read in the transaction that changes it.
 * @param sent - values of fields, as the route parsed them.
 * @param safe - fields marked `safe()` in the route's schema.
 */
export function fieldChanges(stored: object, sent: object, safe: ReadonlySet<string> = new Set()): FieldChange[] {
  const before = stored as Record<string, JsonValue | undefined>;
  return Object.entries(sent as Record<string, JsonValue | undefined>)
    .map(([field, after]) => ({ field, before: before[field] ?? null, after: after ?? null, isSafe: safe.has(field) }))
    .filter((change) => canonicalJson(change.before) !== canonicalJson(change.after))
    .sort((a, b) => (a.field < b.field ? -1 : 1));
}

/**
 * How a leaf tells of changes: the fields' names, the values of safe ones, and for each other one a commitment to the
 * SHA-256 of either value's canonical JSON, so that a value that somebody shows can be checked against it.
 *
 * @param commitTo - makes a commitment and keeps its opening under the given name.
 */
export function describeChanges(
  changes: readonly FieldChange[],
  commitTo: (name: string, value: string) => string,
): JsonObject {
  if (changes.length === 0) return {};
  const values: Record<string, JsonObject> = {};
  const commitments: Record<string, JsonObject> = {};
  for (const { field, before, after, isSafe } of changes) {
    if (isSafe) values[field] = { before, after };
    else
      commitments[field] = {
        before: commitTo(`change.${field}.before`, digestOf(before)),
        after: commitTo(`change.${field}.after`, digestOf(after)),
      };
  }
  return {
    fields: changes.map(({ field }) => field),
    ...(Object.keys(values).length > 0 && { values }),
    ...(Object.keys(commitments).length > 0 && { commitments }),
  };
}

/** What a commitment to a field's value commits to: SHA-256 of its canonical JSON, in base64url. */
export function digestOf(value: JsonValue): string {
  return createHash("sha256").update(canonicalJson(value)).digest("base64url");
}
