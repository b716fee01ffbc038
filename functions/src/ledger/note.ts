import { AppError } from "../platform/errors.ts";
import { base64Of, bytesOfBase64 } from "./base64.ts";
import { isSignedBy } from "./ed25519.ts";
import { isKeyName, type VerifierKey } from "./verifier-key.ts";

/** A line of a note: who signed, and what the key's signature type makes of it. Not verified by being here. */
export type NoteSignature = {
  readonly name: string;
  /** 8 lower-case hex characters. */
  readonly keyId: string;
  readonly signature: Uint8Array;
};

/** Text with its signatures. */
export type Note = {
  /** Ends with a newline. */
  readonly text: string;
  /** At least one. */
  readonly signatures: readonly NoteSignature[];
};

/** A key that signs: Cloud KMS keeps the private half. */
export type NoteSigner = {
  readonly key: VerifierKey;
  /** Ed25519 over the message; 64 bytes. */
  readonly sign: (message: Uint8Array) => Promise<Uint8Array>;
};

const sizeLimitBytes = 1_000_000;
const signatureLimit = 100;
const keyIdBytes = 4;

/**
 * Reads a signed note, strictly; verifies nothing.
 *
 * @throws AppError `ledger-malformed` if it is larger than 1,000,000 bytes, has more than 100 signatures, a control
 * character, no text, no signature, or a signature line that is not exactly one.
 * @see c2sp.org/signed-note
 */
export function parseNote(source: string): Note {
  if (Buffer.byteLength(source) > sizeLimitBytes) throw malformed(`it has more than ${sizeLimitBytes} bytes`);
  assertNoteText(source);
  const end = source.lastIndexOf("\n\n");
  if (end < 0) throw malformed("no empty line parts the text from the signatures");
  const lines = source.slice(end + 2, -1).split("\n");
  if (lines.length > signatureLimit) throw malformed(`it has more than ${signatureLimit} signatures`);
  return { text: source.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

/** Text of a note, as it is published. */
export function formatNote({ text, signatures }: Note): string {
  const lines = signatures.map(({ name, keyId, signature }) => {
    return `— ${name} ${base64Of(Buffer.concat([Buffer.from(keyId, "hex"), signature]))}\n`;
  });
  return `${text}\n${lines.join("")}`;
}

/**
 * Signs text as a note of one signature.
 *
 * @param signer - its key is of type `ed25519`.
 * @throws AppError `ledger-malformed` if the text cannot be a note's, or what the signer answered does not verify: a
 * signature that nobody can check must not be published. Whatever `signer.sign` throws.
 */
export async function signNote(text: string, signer: NoteSigner): Promise<Note> {
  if (text === "") throw malformed("it has no text");
  assertNoteText(text);
  const signature = await signedBy(signer, Buffer.from(text));
  return { text, signatures: [{ name: signer.key.name, keyId: signer.key.id, signature }] };
}

/**
 * Has a message signed, and checks the answer.
 *
 * @throws AppError `ledger-malformed` if the answer does not verify under the signer's key.
 */
export async function signedBy(signer: NoteSigner, message: Uint8Array): Promise<Uint8Array> {
  const signature = await signer.sign(message);
  if (isSignedBy(signer.key.publicKey, message, signature)) return signature;
  throw malformed(`the signer of ${signer.key.name} answered a signature that does not verify`);
}

/**
 * Checks that a key signed a note. Signatures of other keys are ignored, as they must be.
 *
 * @param key - of type `ed25519`.
 * @throws AppError `ledger-malformed` if no line names the key, or one does and does not verify.
 */
export function verifyNote(note: Note, key: VerifierKey): void {
  if (key.type !== "ed25519") throw malformed(`the key of ${key.name} is for cosignatures`);
  const signatures = signaturesOf(note, key);
  if (signatures.length === 0) throw malformed(`${key.name}+${key.id} did not sign it`);
  const message = Buffer.from(note.text);
  for (const signature of signatures) {
    if (!isSignedBy(key.publicKey, message, signature)) {
      throw malformed(`the signature of ${key.name}+${key.id} does not verify`);
    }
  }
}

/** The signatures of the lines that name this key, unverified. */
export function signaturesOf(note: Note, key: VerifierKey): Uint8Array[] {
  return note.signatures
    .filter(({ name, keyId }) => name === key.name && keyId === key.id)
    .map((line) => line.signature);
}

function parseSignature(line: string): NoteSignature {
  const [dash, name = "", encoded = "", ...rest] = line.split(" ");
  const bytes = bytesOfBase64(encoded);
  if (dash !== "—" || !isKeyName(name) || rest.length > 0 || bytes === undefined || bytes.length <= keyIdBytes) {
    throw malformed("a signature line is not a dash, a key name and base64 of a key id and a signature");
  }
  return {
    name,
    keyId: Buffer.from(bytes.subarray(0, keyIdBytes)).toString("hex"),
    signature: bytes.subarray(keyIdBytes),
  };
}

function assertNoteText(text: string): void {
  if (!text.isWellFormed()) throw malformed("it is not UTF-8");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a note must not hold
  if (/[\u0000-\u0009\u000b-\u001f]/.test(text)) throw malformed("it holds a control character");
  if (!text.endsWith("\n")) throw malformed("it does not end with a newline");
}

function malformed(what: string): AppError {
  return new AppError("ledger-malformed", `note is malformed: ${what}`);
}
