/** Where a sealed field stands. Never names the physical database: a restore lands on another. */
export type FieldPlace = {
  /** Logical store, `data` for every document. */
  readonly store: string;
  /** Full document path, from `tenants/` on: it names the tenant. */
  readonly documentPath: string;
  /** Field name; an element of a list by its name, `window.<turnId>.question`, never by its number. */
  readonly field: string;
};

/** Which key a wrapped key is. */
export type KeyName = {
  readonly tenantId: string;
  /** What the key is for: `dek`, `evidence`, `job`, `index`, ... */
  readonly purpose: string;
  /** Id of the key within its purpose: a DEK's subject id, a job's id. */
  readonly id: string;
};

const formatVersion = "1";

/**
 * Additional data for a sealed field: it opens at this place only.
 *
 * @returns the length-prefixed parts `field`, format version, store, document path, field.
 * @throws TypeError if a part holds a lone surrogate: UTF-8 cannot tell it from another.
 * @see NIST SP 800-38D §5.2.1.1
 */
export function fieldAad(place: FieldPlace): Uint8Array {
  return lengthPrefixed(["field", formatVersion, place.store, place.documentPath, place.field]);
}

/**
 * Additional data for a wrapped key: it unwraps as this key of this tenant only.
 *
 * @returns the length-prefixed parts `key`, format version, tenant id, purpose, id.
 * @throws TypeError if a part holds a lone surrogate.
 */
export function keyAad(name: KeyName): Uint8Array {
  return lengthPrefixed(["key", formatVersion, name.tenantId, name.purpose, name.id]);
}

/** Each part as a big-endian uint32 of its length in bytes, then its UTF-8: two lists never share an encoding. */
function lengthPrefixed(parts: readonly string[]): Uint8Array {
  const sizeBytes = parts.reduce((sum, part) => sum + 4 + Buffer.byteLength(part), 0);
  const bytes = Buffer.alloc(sizeBytes);
  let offset = 0;
  for (const part of parts) {
    if (!part.isWellFormed()) throw new TypeError("additional data holds a lone surrogate");
    const written = bytes.write(part, offset + 4);
    bytes.writeUInt32BE(written, offset);
    offset += 4 + written;
  }
  return bytes;
}
