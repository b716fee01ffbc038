import { createCipheriv, createDecipheriv, randomBytes, sign } from "node:crypto";
import { crc32c } from "./crc32c.ts";
import { GrpcFailure, type GrpcServer, type Handlers, serveGrpc } from "./grpc-service.ts";
import { administration } from "./kms-administration.ts";
import { assertEnabled, type Key, KeyStore, type KeyVersion, keyNameOf } from "./kms-keys.ts";

/** What Cloud KMS takes at most, for plaintext and for additional data. */
const maxInputBytes = 64 * 1024;
/** A ciphertext is: format byte, version number (4 bytes), nonce (12), tag (16), body. */
const format = 1;

type Checksum = { value: string } | null;
type EncryptRequest = {
  name: string;
  plaintext: Buffer;
  plaintextCrc32c: Checksum;
  additionalAuthenticatedData: Buffer;
  additionalAuthenticatedDataCrc32c: Checksum;
};
type DecryptRequest = {
  name: string;
  ciphertext: Buffer;
  ciphertextCrc32c: Checksum;
  additionalAuthenticatedData: Buffer;
  additionalAuthenticatedDataCrc32c: Checksum;
};
type SignRequest = { name: string; digest: unknown; data: Buffer; dataCrc32c: Checksum };
type Named = { name: string };

export type Kms = GrpcServer & {
  /** How often each method was called since the start. */
  calls(): Record<string, number>;
  /** Which keys the caller may not use from here on, as when a tenant withdraws its grant. */
  deny(keyNames: readonly string[]): void;
  /** Flips a bit in the bytes that the next `count` cryptographic calls answer, after their checksum was made. */
  damageNext(count: number): void;
  /** Lets the next `count` calls fail. */
  failNext(status: "UNAVAILABLE" | "DEADLINE_EXCEEDED" | "RESOURCE_EXHAUSTED", count: number): void;
};

/**
 * A stand-in for Cloud KMS over its own gRPC protocol: AES-256-GCM and Ed25519 with software keys that live as long as the process.
 *
 * @param options.port - 0 takes a free one.
 */
export async function startKms(options: { port: number }): Promise<Kms> {
  const calls: Record<string, number> = {};
  let denied = new Set<string>();
  let damaged = 0;
  let fault = { status: "UNAVAILABLE" as const as Parameters<Kms["failNext"]>[0], left: 0 };
  const store = new KeyStore();
  const assertAllowed = (name: string) => {
    if (!denied.has(keyNameOf(name))) return;
    throw new GrpcFailure("PERMISSION_DENIED", `Permission denied on resource '${name}' (or it may not exist).`);
  };
  const server = await serveGrpc({
    port: options.port,
    clientPackage: "@google-cloud/kms",
    service: "google.cloud.kms.v1.KeyManagementService",
    handlers: {
      ...administration(store),
      ...damaging(cryptography(store, assertAllowed), () => damaged > 0 && damaged-- > 0),
    },
    before(method) {
      calls[method] = (calls[method] ?? 0) + 1;
      if (fault.left === 0) return;
      fault.left -= 1;
      throw new GrpcFailure(fault.status, "the stand-in was told to fail");
    },
  });
  return {
    ...server,
    calls: () => ({ ...calls }),
    deny(keyNames) {
      denied = new Set(keyNames);
    },
    damageNext(count) {
      damaged = count;
    },
    failNext(status, count) {
      fault = { status, left: count };
    },
  };
}

/** The same methods, whose answers lose a bit on the way while `isNext` says so. */
function damaging(handlers: Handlers, isNext: () => boolean): Handlers {
  const flipped = (bytes: Buffer) => Buffer.concat([Buffer.from([(bytes[0] ?? 0) ^ 1]), bytes.subarray(1)]);
  return Object.fromEntries(
    Object.entries(handlers).map(([method, handle]) => [
      method,
      (request: never) => {
        const answer = handle(request) as Record<string, unknown>;
        if (!isNext()) return answer;
        const [name, bytes] = Object.entries(answer).find(([, value]) => value instanceof Buffer) ?? [];
        return name === undefined ? answer : { ...answer, [name]: flipped(bytes as Buffer) };
      },
    ]),
  );
}

function cryptography(store: KeyStore, assertAllowed: (name: string) => void): Handlers {
  return {
    Encrypt(request: EncryptRequest) {
      assertAllowed(request.name);
      const { key, version } = encryptingVersion(store, request.name);
      assertPurpose(key, "ENCRYPT_DECRYPT");
      assertEnabled(version);
      const plaintext = checkedInput("plaintext", request.plaintext, request.plaintextCrc32c);
      const aad = checkedInput(
        "additional_authenticated_data",
        request.additionalAuthenticatedData,
        request.additionalAuthenticatedDataCrc32c,
      );
      const ciphertext = seal(version, plaintext, aad);
      return {
        name: version.name,
        ciphertext,
        ciphertextCrc32c: { value: String(crc32c(ciphertext)) },
        verifiedPlaintextCrc32c: request.plaintextCrc32c !== null,
        verifiedAdditionalAuthenticatedDataCrc32c: request.additionalAuthenticatedDataCrc32c !== null,
        protectionLevel: "SOFTWARE",
      };
    },
    Decrypt(request: DecryptRequest) {
      assertAllowed(request.name);
      const key = store.getKey(request.name);
      assertPurpose(key, "ENCRYPT_DECRYPT");
      const ciphertext = checkedInput("ciphertext", request.ciphertext, request.ciphertextCrc32c, maxInputBytes + 64);
      const aad = checkedInput(
        "additional_authenticated_data",
        request.additionalAuthenticatedData,
        request.additionalAuthenticatedDataCrc32c,
      );
      const { version, plaintext } = open(key, ciphertext, aad);
      return {
        plaintext,
        plaintextCrc32c: { value: String(crc32c(plaintext)) },
        usedPrimary: version.number === key.primary,
        protectionLevel: "SOFTWARE",
      };
    },
    AsymmetricSign(request: SignRequest) {
      assertAllowed(request.name);
      const { key, version } = store.getVersion(request.name);
      assertPurpose(key, "ASYMMETRIC_SIGN");
      assertEnabled(version);
      if (request.digest !== null) {
        throw new GrpcFailure("INVALID_ARGUMENT", `${key.algorithm} signs data, not a digest`);
      }
      const data = checkedInput("data", request.data, request.dataCrc32c);
      if (!("privateKey" in version.material)) throw new Error(`${version.name} holds no key pair`);
      const signature = sign(null, data, version.material.privateKey);
      return {
        name: version.name,
        signature,
        signatureCrc32c: { value: String(crc32c(signature)) },
        verifiedDataCrc32c: request.dataCrc32c !== null,
        protectionLevel: "SOFTWARE",
      };
    },
    GetPublicKey({ name }: Named) {
      assertAllowed(name);
      const { key, version } = store.getVersion(name);
      assertPurpose(key, "ASYMMETRIC_SIGN");
      assertEnabled(version);
      if (!("publicKey" in version.material)) throw new Error(`${name} holds no key pair`);
      const pem = version.material.publicKey.export({ type: "spki", format: "pem" }).toString();
      return {
        name,
        pem,
        pemCrc32c: { value: String(crc32c(Buffer.from(pem))) },
        algorithm: key.algorithm,
        protectionLevel: "SOFTWARE",
      };
    },
  };
}

function encryptingVersion(store: KeyStore, name: string): { key: Key; version: KeyVersion } {
  if (name.includes("/cryptoKeyVersions/")) return store.getVersion(name);
  const key = store.getKey(name);
  if (key.primary === undefined) {
    throw new GrpcFailure("FAILED_PRECONDITION", `${name} has no primary version.`);
  }
  return store.getVersion(`${name}/cryptoKeyVersions/${key.primary}`);
}

function assertPurpose(key: Key, purpose: Key["purpose"]): void {
  if (key.purpose === purpose) return;
  throw new GrpcFailure("FAILED_PRECONDITION", `${key.name} has purpose ${key.purpose}, not ${purpose}.`);
}

function checkedInput(field: string, bytes: Buffer, checksum: Checksum, maxBytes = maxInputBytes): Buffer {
  if (bytes.length > maxBytes) {
    throw new GrpcFailure("INVALID_ARGUMENT", `${field} is too long: ${bytes.length} bytes, at most ${maxBytes}`);
  }
  if (checksum !== null && Number(checksum.value) !== crc32c(bytes)) {
    throw new GrpcFailure("INVALID_ARGUMENT", `the checksum in field ${field}_crc32c did not match`);
  }
  return bytes;
}

function seal(version: KeyVersion, plaintext: Buffer, aad: Buffer): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", secretOf(version), nonce).setAAD(aad);
  const body = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const head = Buffer.alloc(5);
  head.writeUInt8(format, 0);
  head.writeUInt32BE(version.number, 1);
  return Buffer.concat([head, nonce, cipher.getAuthTag(), body]);
}

function open(key: Key, ciphertext: Buffer, aad: Buffer): { version: KeyVersion; plaintext: Buffer } {
  const refusal = new GrpcFailure("INVALID_ARGUMENT", "Decryption failed: the ciphertext is invalid.");
  if (ciphertext.length < 33 || ciphertext.readUInt8(0) !== format) throw refusal;
  const version = key.versions.find((one) => one.number === ciphertext.readUInt32BE(1));
  if (version === undefined) throw refusal;
  assertEnabled(version);
  const decipher = createDecipheriv("aes-256-gcm", secretOf(version), ciphertext.subarray(5, 17)).setAAD(aad);
  decipher.setAuthTag(ciphertext.subarray(17, 33));
  try {
    return { version, plaintext: Buffer.concat([decipher.update(ciphertext.subarray(33)), decipher.final()]) };
  } catch {
    throw refusal; // another key, other additional data, or bytes that were changed: the real service does not say which
  }
}

function secretOf(version: KeyVersion): Buffer {
  if (!("secret" in version.material)) throw new Error(`${version.name} holds no secret`);
  return version.material.secret;
}
