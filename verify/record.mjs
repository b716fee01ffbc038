// Signed statements (receipts, certificates, export manifests): a DSSE envelope, its leaf in the log, and the proof.
import { verify } from "node:crypto";
import { openInclusion } from "./note.mjs";
import { base64, isObject, readCanonicalObject, refuse } from "./text.mjs";
import { sha256 } from "./tree.mjs";

/**
 * @typedef {import("./text.mjs").JsonObject} JsonObject
 * @typedef {{ kind: string, statement: JsonObject, what: string, head: import("./note.mjs").Head }} SignedRecord
 */

/** Payload types: what each is called, and where the leaf's metadata holds the payload's digest. */
const payloadTypes = new Map([
  ["application/vnd.lethe.erasure-receipt.v1+json", { kind: "erasure receipt", digest: "receiptDigest" }],
  ["application/vnd.lethe.retention-receipt.v1+json", { kind: "retention receipt", digest: "receiptDigest" }],
  ["application/vnd.lethe.closure-certificate.v1+json", { kind: "closure certificate", digest: "receiptDigest" }],
  ["application/vnd.lethe.export-manifest.v1+json", { kind: "export manifest", digest: "manifestDigest" }],
]);

/**
 * Opens a signed statement: its signature must hold, and the log must hold an entry that names its digest.
 * @type {(parts: JsonObject, where: string, file: string, trust: import("./note.mjs").Trust) => SignedRecord}
 * @param parts - `envelope` (DSSE), `proof` (the text of a tlog-proof), `leaf` (base64).
 * @see github.com/secure-systems-lab/dsse
 */
export function openRecord({ envelope, proof, leaf, ...rest }, where, file, trust) {
  if (!isObject(envelope)) return refuse(where, "has no envelope");
  if (typeof proof !== "string" || typeof leaf !== "string")
    return refuse(where, "has no ledger proof and leaf beside its envelope, and a signature alone is not enough");
  if (Object.keys(rest).length > 0) refuse(where, `holds an unknown field, ${Object.keys(rest)[0]}`);
  const { kind, digest, payload } = openEnvelope(envelope, where, trust);
  const entry = base64(leaf, `${where}: leaf`);
  const { index, event, head } = openInclusion(Buffer.from(proof), entry, `${where}: its proof`, file, trust);
  const { metadata } = event;
  if (!isObject(metadata) || metadata[digest] !== sha256(payload).toString("hex"))
    refuse(where, `entry ${index} of the log does not name this ${kind}: its ${digest} is another`);
  const statement = readCanonicalObject(payload, `${where}: payload`);
  return { kind, statement, what: `${kind}, entry ${index} of ${head.size} in ${head.origin}`, head };
}

/** @type {(envelope: JsonObject, where: string, trust: import("./note.mjs").Trust) =>
 *   { kind: string, digest: string, payload: Buffer }} */
function openEnvelope({ payloadType, payload, signatures, ...rest }, where, trust) {
  if (typeof payloadType !== "string" || typeof payload !== "string" || !Array.isArray(signatures))
    return refuse(where, "its envelope has no payloadType, payload and signatures");
  if (Object.keys(rest).length > 0) refuse(where, `its envelope holds an unknown field, ${Object.keys(rest)[0]}`);
  const type = payloadTypes.get(payloadType) ?? refuse(where, `its payload type is not known: ${payloadType}`);
  const bytes = base64(payload, `${where}: payload`);
  // DSSE's pre-authentication encoding; the payload types are ASCII, so characters are bytes.
  const signed = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${bytes.length} `), bytes]);
  const signers = trust.keys.filter(({ spkiHash, key, name }) => {
    const own = signatures.filter((signature) => isObject(signature) && signature.keyid === spkiHash);
    for (const { sig } of own)
      if (typeof sig !== "string" || !verify(null, signed, key, base64(sig, `${where}: signature`, 64)))
        refuse(where, `the signature of ${name} over the ${type.kind} does not hold`);
    return own.length > 0;
  });
  if (signers.length === 0) refuse(where, `its ${type.kind} is not signed by a key that was given`);
  return { ...type, payload: bytes };
}
