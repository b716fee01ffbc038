import { generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { GrpcFailure, timestamp } from "./grpc-service.ts";

export type Purpose = "ENCRYPT_DECRYPT" | "ASYMMETRIC_SIGN";
export type VersionState = "ENABLED" | "DISABLED" | "DESTROY_SCHEDULED" | "DESTROYED";
type Material = { secret: Buffer } | { privateKey: KeyObject; publicKey: KeyObject };

export type KeyVersion = {
  name: string;
  number: number;
  state: VersionState;
  createdAt: Date;
  destroyAt: Date | undefined;
  material: Material;
};

export type Key = {
  name: string;
  purpose: Purpose;
  algorithm: string;
  labels: Record<string, string>;
  createdAt: Date;
  /** The version new ciphertexts are made with; signing keys have none. */
  primary: number | undefined;
  rotationPeriod: unknown;
  nextRotationTime: unknown;
  /** How long a version whose destruction is scheduled can be called back. */
  destroyAfterMs: number;
  versions: KeyVersion[];
};

const algorithms: Record<Purpose, { fallback: string; known: string[] }> = {
  ENCRYPT_DECRYPT: { fallback: "GOOGLE_SYMMETRIC_ENCRYPTION", known: ["GOOGLE_SYMMETRIC_ENCRYPTION"] },
  ASYMMETRIC_SIGN: { fallback: "", known: ["EC_SIGN_ED25519"] },
};
/** What Cloud KMS waits between "destroy" and destruction when the key says nothing else. */
const destroyAfterMs = 30 * 24 * 3600 * 1000;

/** Key rings, keys and versions of every project that asks, in memory. */
export class KeyStore {
  readonly rings = new Map<string, Date>();
  readonly keys = new Map<string, Key>();

  createRing(name: string): void {
    if (this.rings.has(name)) throw new GrpcFailure("ALREADY_EXISTS", `KeyRing ${name} already exists.`);
    this.rings.set(name, new Date());
  }

  createKey(
    name: string,
    template: { purpose: string; algorithm: string; destroyAfterMs?: number } & Pick<Key, "labels">,
  ): Key {
    const ring = name.slice(0, name.indexOf("/cryptoKeys/"));
    if (!this.rings.has(ring)) throw new GrpcFailure("NOT_FOUND", `KeyRing ${ring} not found.`);
    if (this.keys.has(name)) throw new GrpcFailure("ALREADY_EXISTS", `CryptoKey ${name} already exists.`);
    const purpose = purposeFrom(template.purpose);
    const { fallback, known } = algorithms[purpose];
    const algorithm = /^(|CRYPTO_KEY_VERSION_ALGORITHM_UNSPECIFIED)$/.test(template.algorithm)
      ? fallback
      : template.algorithm;
    if (!known.includes(algorithm)) {
      throw new GrpcFailure("INVALID_ARGUMENT", `algorithm ${algorithm} is not known here for purpose ${purpose}`);
    }
    const key: Key = {
      name,
      purpose,
      algorithm,
      labels: template.labels,
      createdAt: new Date(),
      primary: undefined,
      rotationPeriod: null,
      nextRotationTime: null,
      destroyAfterMs: template.destroyAfterMs ?? destroyAfterMs,
      versions: [],
    };
    this.keys.set(name, key);
    return key;
  }

  addVersion(key: Key): KeyVersion {
    const number = key.versions.length + 1;
    const material: Material =
      key.purpose === "ENCRYPT_DECRYPT" ? { secret: randomBytes(32) } : generateKeyPairSync("ed25519");
    const name = `${key.name}/cryptoKeyVersions/${number}`;
    const version: KeyVersion = {
      name,
      number,
      state: "ENABLED",
      createdAt: new Date(),
      destroyAt: undefined,
      material,
    };
    key.versions.push(version);
    return version;
  }

  getKey(name: string): Key {
    const key = this.keys.get(name);
    if (key === undefined) throw new GrpcFailure("NOT_FOUND", `CryptoKey ${name} not found.`);
    for (const version of key.versions) endIfDue(version);
    return key;
  }

  getVersion(name: string): { key: Key; version: KeyVersion } {
    const key = this.getKey(keyNameOf(name));
    const version = key.versions.find((one) => one.name === name);
    if (version === undefined) throw new GrpcFailure("NOT_FOUND", `CryptoKeyVersion ${name} not found.`);
    return { key, version };
  }
}

/** @param name - of a key or of one of its versions. */
export function keyNameOf(name: string): string {
  return name.split("/cryptoKeyVersions/")[0] ?? name;
}

/** @throws GrpcFailure FAILED_PRECONDITION unless the version may be used. */
export function assertEnabled(version: KeyVersion): void {
  if (version.state !== "ENABLED") {
    throw new GrpcFailure("FAILED_PRECONDITION", `${version.name} is not enabled, current state is: ${version.state}.`);
  }
}

/** Begins the wait before destruction; the version can be restored until it is over. */
export function scheduleDestruction(key: Key, version: KeyVersion): void {
  if (version.state === "DESTROY_SCHEDULED" || version.state === "DESTROYED") {
    throw new GrpcFailure("FAILED_PRECONDITION", `${version.name} is ${version.state}.`);
  }
  version.state = "DESTROY_SCHEDULED";
  version.destroyAt = new Date(Date.now() + key.destroyAfterMs);
}

/** The wait is over: the version stays listed, its material is gone. */
function endIfDue(version: KeyVersion): void {
  if (version.state !== "DESTROY_SCHEDULED" || version.destroyAt === undefined) return;
  if (version.destroyAt.getTime() > Date.now()) return;
  version.state = "DESTROYED";
  version.material = { secret: Buffer.alloc(0) };
}

/** A key as the API shows it. */
export function keyMessage(key: Key): object {
  const primary = key.versions.find((version) => version.number === key.primary);
  return {
    name: key.name,
    purpose: key.purpose,
    labels: key.labels,
    createTime: timestamp(key.createdAt),
    primary: primary === undefined ? null : versionMessage(key, primary),
    versionTemplate: { protectionLevel: "SOFTWARE", algorithm: key.algorithm },
    rotationPeriod: key.rotationPeriod,
    nextRotationTime: key.nextRotationTime,
    destroyScheduledDuration: { seconds: String(Math.floor(key.destroyAfterMs / 1000)), nanos: 0 },
  };
}

/** A version as the API shows it. */
export function versionMessage(key: Key, version: KeyVersion): object {
  return {
    name: version.name,
    state: version.state,
    protectionLevel: "SOFTWARE",
    algorithm: key.algorithm,
    createTime: timestamp(version.createdAt),
    generateTime: timestamp(version.createdAt),
    destroyTime: version.destroyAt === undefined ? null : timestamp(version.destroyAt),
  };
}

function purposeFrom(name: string): Purpose {
  if (name === "ENCRYPT_DECRYPT" || name === "ASYMMETRIC_SIGN") return name;
  throw new GrpcFailure("INVALID_ARGUMENT", `purpose ${name} is not known here`);
}
