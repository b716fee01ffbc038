import { AppError } from "../platform/errors.ts";
import type { Crud } from "./actions.ts";
import { canonicalJson, type JsonObject, type JsonValue } from "./canonical-json.ts";
import { leafLimitBytes } from "./hash.ts";

/** Who or what, in clear (settings, documents, jobs) or as a commitment (whatever leads to a person). */
export type Party =
  | { readonly kind: string; readonly id: string }
  | { readonly kind: string; readonly commitment: string };

/** What a leaf of a tenant's log says: one audited act. */
export type Leaf = {
  readonly action: string;
  /** Version of this format. */
  readonly version: number;
  readonly occurredAt: Date;
  readonly crud: Crud;
  readonly actor: Party;
  readonly targets: readonly Party[];
  readonly context: JsonObject;
  readonly outcome: string;
  readonly metadata: JsonObject;
  /** 32 random bytes, so that a leaf hash does not let anyone guess the leaf. */
  readonly nonce: Uint8Array;
};

const nonceBytes = 32;
const leafNames = "action,actor,context,crud,metadata,nonce,occurredAt,outcome,targets,version";
const notAParty = "actor or a target is not a kind with an id or a commitment";
const cruds: readonly string[] = ["create", "read", "update", "delete", "none"] satisfies Crud[];

/**
 * Bytes of a leaf: canonical JSON, time as RFC 3339 UTC with milliseconds, nonce in base64url.
 *
 * @throws AppError `ledger-malformed` if a field cannot be written, a party says more than a kind and an id or a
 * commitment, the nonce has not 32 bytes, or the leaf has more than 65,535.
 * @see RFC 8785
 */
export function encodeLeaf(leaf: Leaf): Uint8Array {
  const { action, version, occurredAt, crud, actor, targets, context, outcome, metadata, nonce } = leaf;
  if (nonce.length !== nonceBytes) throw malformed(`nonce has ${nonce.length} bytes, not ${nonceBytes}`);
  if (Number.isNaN(occurredAt.getTime())) throw malformed("occurredAt is no time");
  if (![actor, ...targets].every(isParty)) throw malformed(notAParty);
  const text = canonicalJson({
    ...{ action, version, crud, actor, targets, context, outcome, metadata },
    occurredAt: occurredAt.toISOString(),
    nonce: Buffer.from(nonce).toString("base64url"),
  });
  const bytes = Buffer.from(text);
  if (bytes.length > leafLimitBytes) throw malformed(`${bytes.length} bytes, more than ${leafLimitBytes}`);
  return bytes;
}

/**
 * Reads a leaf's bytes back.
 *
 * @throws AppError `ledger-malformed` unless they are exactly what `encodeLeaf` writes for some leaf.
 */
export function decodeLeaf(bytes: Uint8Array): Leaf {
  const fields = parseObject(bytes);
  if (Object.keys(fields).sort().join() !== leafNames) throw malformed("its names are not those of a leaf");
  const { action, version, occurredAt, crud, actor, targets, context, outcome, metadata, nonce } = fields;
  if (typeof action !== "string" || typeof outcome !== "string") throw malformed("action or outcome is no text");
  if (typeof version !== "number" || !Number.isSafeInteger(version)) throw malformed("version is no whole number");
  if (typeof occurredAt !== "string" || typeof nonce !== "string") throw malformed("occurredAt or nonce is no text");
  if (!isCrud(crud)) throw malformed("crud is none of create, read, update, delete, none");
  if (!isParty(actor) || !Array.isArray(targets) || !targets.every(isParty)) {
    throw malformed(notAParty);
  }
  if (!isObject(context) || !isObject(metadata)) throw malformed("context or metadata is no object");
  const leaf = {
    ...{ action, version, crud, actor, targets, context, outcome, metadata },
    occurredAt: new Date(occurredAt),
    nonce: Buffer.from(nonce, "base64url"),
  };
  // Catches whatever has two spellings: spaces, order, escapes, times, base64.
  if (!Buffer.from(encodeLeaf(leaf)).equals(bytes)) throw malformed("it is not in canonical form");
  return leaf;
}

function parseObject(bytes: Uint8Array): JsonObject {
  let value: JsonValue;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw malformed("it is not JSON in UTF-8", error);
  }
  if (!isObject(value)) throw malformed("it is no JSON object");
  return value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCrud(value: JsonValue | undefined): value is Crud {
  return typeof value === "string" && cruds.includes(value);
}

function isParty(value: JsonValue | undefined): value is Party {
  if (!isObject(value) || typeof value.kind !== "string" || Object.keys(value).length !== 2) return false;
  return typeof (value.id ?? value.commitment) === "string";
}

function malformed(what: string, cause?: unknown): AppError {
  return new AppError("ledger-malformed", `leaf is malformed: ${what}`, cause === undefined ? {} : { cause });
}
