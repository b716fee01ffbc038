import type { SealingKey } from "../crypto/envelope.ts";
import { openField } from "../crypto/sealed-fields.ts";
import type { CollectionEntry, ExportRule } from "../inventory/entry.ts";
import type { SubjectRecord } from "../inventory/subject-records.ts";
import type { JsonObject, JsonValue } from "../ledger/canonical-json.ts";

type Included = Extract<ExportRule, { rule: "include" }>;

/** A stored value as JSON: times as RFC 3339, bytes as base64, absent members left out. */
function jsonOf(value: unknown): JsonValue {
  if (value === null || typeof value === "string" || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  if (Array.isArray(value)) return value.map(jsonOf);
  if (typeof value !== "object") return String(value);
  if ("toDate" in value && typeof value.toDate === "function") return (value.toDate() as Date).toISOString();
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === undefined ? [] : [[name, jsonOf(member)]])),
  );
}

/**
 * One record as an export holds it: the fields that the inventory documents, sealed ones opened.
 *
 * @param key - opens sealed fields; undefined when the record's person is erased: sealed fields are then left out.
 * @returns `{id, provided, derived}` where the rule tells them apart (GDPR Art. 20), else `{id, ...fields}`.
 * @throws AppError `ciphertext-invalid` when a sealed field is not what was sealed there.
 */
export function recordJson(
  rule: Included,
  record: SubjectRecord,
  key: SealingKey | undefined,
  { sealed, sealedJson }: Pick<CollectionEntry, "sealed" | "sealedJson">,
): JsonObject {
  const id = record.path.split("/").at(-1) ?? "";
  const provided: Record<string, JsonValue> = {};
  const derived: Record<string, JsonValue> = {};
  for (const field of Object.keys(rule.fields)) {
    const value = record.data[field];
    if (value === undefined) continue;
    const isSealed = sealed.includes(field) && value instanceof Uint8Array;
    if (isSealed && key === undefined) continue;
    const text = isSealed && key !== undefined ? openField(key, record.path, field, value) : undefined;
    const shown =
      text === undefined ? jsonOf(value) : sealedJson?.includes(field) ? (JSON.parse(text) as JsonValue) : text;
    (rule.provided.includes(field) ? provided : derived)[field] = shown;
  }
  return rule.provided.length > 0 ? { id, provided, derived } : { id, ...derived };
}
