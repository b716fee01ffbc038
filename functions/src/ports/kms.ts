import { KeyManagementServiceClient } from "@google-cloud/kms";
import { grpc } from "google-gax";
import { AppError, grpcCode } from "../platform/errors.ts";
import { crc32c } from "./crc32c.ts";

/** A version of a key. */
export interface KeyVersion {
  /** Full name. */
  name: string;
  /** ENABLED, DISABLED, DESTROY_SCHEDULED or DESTROYED, among others. */
  state: string;
  createdAt: Date;
  /** From when a version whose destruction is scheduled can no longer be called back. */
  destroyAt?: Date;
}

/**
 * Cloud KMS as Lethe uses it. Key names are full resource names.
 * Every method throws AppError `key-unavailable` when the service is down, the key is disabled or destroyed, or bytes
 * were damaged on the way: bytes go and come with checksums, and what does not match is never used.
 */
export interface Kms {
  /** Wraps `plaintext` (at most 64 KiB) under the key's primary version; `aad` binds it to its place. */
  encrypt(
    keyName: string,
    plaintext: Uint8Array,
    aad: Uint8Array,
  ): Promise<{ ciphertext: Uint8Array; version: string }>;
  /** Opens what `encrypt` made. @throws AppError `ciphertext-invalid` when bytes or `aad` are not those. */
  decrypt(keyName: string, ciphertext: Uint8Array, aad: Uint8Array): Promise<Uint8Array>;
  /** Signs `data` with Ed25519 under a key version; 64 bytes. @see RFC 8032 */
  sign(keyVersionName: string, data: Uint8Array): Promise<Uint8Array>;
  /** The public key of a signing version: SPKI in PEM. */
  publicKey(keyVersionName: string): Promise<string>;
  /** Versions of a key. */
  listVersions(keyName: string): Promise<KeyVersion[]>;
  /** Full name of the version that `encrypt` uses. */
  primaryVersion(keyName: string): Promise<string>;
  /** Schedules a version's destruction; final after the key's destroy delay. */
  destroyVersion(keyVersionName: string): Promise<void>;
}

const invalidArgument = 3;

function keyError(error: unknown, keyName: string): AppError {
  if (grpcCode(error) === invalidArgument) {
    return new AppError("ciphertext-invalid", `key ${keyName} does not open these bytes`, { cause: error });
  }
  return new AppError("key-unavailable", `key ${keyName} cannot be used`, { cause: error });
}

async function guarded<T>(keyName: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw error instanceof AppError ? error : keyError(error, keyName);
  }
}

/** Something that the API gives as a message with a number in it. */
type Checksum = { value?: unknown } | null | undefined;

/** The bytes of an answer. @throws AppError `key-unavailable` when there are none, or they do not have their checksum. */
function bytesOf(value: Uint8Array | string | null | undefined, checksum: Checksum, keyName: string): Uint8Array {
  if (value === null || value === undefined) throw new AppError("key-unavailable", `key ${keyName} answered nothing`);
  const bytes = typeof value === "string" ? Buffer.from(value, "base64") : value;
  assertIntact(crc32c(bytes) === Number(checksum?.value), keyName);
  return bytes;
}

function assertIntact(isIntact: boolean | null | undefined, keyName: string): void {
  if (isIntact !== true) throw new AppError("key-unavailable", `bytes for key ${keyName} were damaged on the way`);
}

const checksumOf = (bytes: Uint8Array) => ({ value: crc32c(bytes) });

/** A time as the API gives it, to the second. */
function timeOf(stamp: { seconds?: unknown } | null | undefined): Date {
  return new Date(Number(stamp?.seconds ?? 0) * 1000);
}

/**
 * Opens Cloud KMS.
 *
 * @param endpoint - `host:port` of a stand-in that speaks gRPC without TLS; absent for the real service.
 */
export function cloudKms(endpoint?: string): Kms {
  const client = new KeyManagementServiceClient(
    endpoint === undefined
      ? {}
      : {
          apiEndpoint: endpoint.split(":")[0] ?? "127.0.0.1",
          port: Number(endpoint.split(":")[1]),
          sslCreds: grpc.credentials.createInsecure(),
        },
  );
  return {
    encrypt: (keyName, plaintext, aad) =>
      guarded(keyName, async () => {
        const [answer] = await client.encrypt({
          name: keyName,
          plaintext,
          plaintextCrc32c: checksumOf(plaintext),
          additionalAuthenticatedData: aad,
          additionalAuthenticatedDataCrc32c: checksumOf(aad),
        });
        assertIntact(
          answer.verifiedPlaintextCrc32c && answer.verifiedAdditionalAuthenticatedDataCrc32c === true,
          keyName,
        );
        const ciphertext = bytesOf(answer.ciphertext, answer.ciphertextCrc32c, keyName);
        return { ciphertext, version: answer.name ?? keyName };
      }),
    decrypt: (keyName, ciphertext, aad) =>
      guarded(keyName, async () => {
        const [answer] = await client.decrypt({
          name: keyName,
          ciphertext,
          ciphertextCrc32c: checksumOf(ciphertext),
          additionalAuthenticatedData: aad,
          additionalAuthenticatedDataCrc32c: checksumOf(aad),
        });
        return bytesOf(answer.plaintext, answer.plaintextCrc32c, keyName);
      }),
    sign: (name, data) =>
      guarded(name, async () => {
        const [answer] = await client.asymmetricSign({ name, data, dataCrc32c: checksumOf(data) });
        assertIntact(answer.verifiedDataCrc32c && answer.name === name, name);
        return bytesOf(answer.signature, answer.signatureCrc32c, name);
      }),
    publicKey: (name) =>
      guarded(name, async () => {
        const [answer] = await client.getPublicKey({ name });
        if (!answer.pem) throw new AppError("key-unavailable", `key ${name} has no public key`);
        assertIntact(crc32c(Buffer.from(answer.pem)) === Number(answer.pemCrc32c?.value), name);
        return answer.pem;
      }),
    listVersions: (keyName) =>
      guarded(keyName, async () => {
        const [versions] = await client.listCryptoKeyVersions({ parent: keyName });
        return versions.map((version) => ({
          name: version.name ?? "",
          state: String(version.state),
          createdAt: timeOf(version.createTime),
          ...(version.destroyTime ? { destroyAt: timeOf(version.destroyTime) } : {}),
        }));
      }),
    primaryVersion: (keyName) =>
      guarded(keyName, async () => {
        const [key] = await client.getCryptoKey({ name: keyName });
        if (!key.primary?.name) throw new AppError("key-unavailable", `key ${keyName} has no primary version`);
        return key.primary.name;
      }),
    destroyVersion: (name) =>
      guarded(name, async () => {
        await client.destroyCryptoKeyVersion({ name });
      }),
  };
}
