import {
  createCipheriv,
  createDecipheriv,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type KeyObject,
  sign,
} from "node:crypto";
import { AppError } from "../../functions/src/platform/errors.ts";
import type { Ids } from "../../functions/src/ports/ids.ts";
import type { Kms } from "../../functions/src/ports/kms.ts";
import { seededIds } from "./ids.ts";

type State = "ENABLED" | "DISABLED" | "DESTROY_SCHEDULED" | "DESTROYED";

interface Version {
  name: string;
  state: State;
  createdAt: Date;
  secret: KeyObject;
  signing: KeyObject;
  /** Of the signing key, as PEM. */
  publicKey: string;
}

/** Cloud KMS in memory, with real AES-256-GCM and Ed25519. A key exists as soon as it is named. */
export interface FakeKms extends Kms {
  /** Calls so far, by method. */
  readonly calls: Readonly<Record<string, number>>;
  /** Makes every version of a key, or of all keys, answer `key-unavailable` until `enable`. */
  disable(keyName?: string): void;
  enable(keyName?: string): void;
  /** Adds a version and makes it the primary one, as Cloud KMS does by schedule; its full name. */
  rotate(keyName: string): Promise<string>;
}

/** PKCS #8 of an Ed25519 key is this prefix and the 32-byte seed. @see RFC 8410 §7 */
const ed25519Prefix = Buffer.from("302e020100300506032b657004220420", "hex");

export function fakeKms(now: () => Date, ids: Ids = seededIds("kms")): FakeKms {
  const keys = new Map<string, Version[]>();
  const down = new Set<string>();
  const calls: Record<string, number> = {};

  function addVersion(keyName: string, versions: Version[]): Version {
    const seed = ids.bytes(32);
    const pkcs8 = Buffer.concat([ed25519Prefix, seed]);
    const signing = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" });
    const version: Version = {
      name: `${keyName}/cryptoKeyVersions/${versions.length + 1}`,
      state: "ENABLED",
      createdAt: now(),
      secret: createSecretKey(ids.bytes(32)),
      signing,
      publicKey: createPublicKey(signing).export({ type: "spki", format: "pem" }).toString(),
    };
    versions.push(version);
    return version;
  }

  function versionsOf(keyName: string): Version[] {
    let versions = keys.get(keyName);
    if (versions === undefined) {
      versions = [];
      keys.set(keyName, versions);
      addVersion(keyName, versions);
    }
    return versions;
  }

  function use(method: string, keyName: string, number: number): Version {
    calls[method] = (calls[method] ?? 0) + 1;
    const version = versionsOf(keyName)[number - 1];
    if (version?.state !== "ENABLED" || down.has(keyName) || down.has("*")) {
      throw new AppError("key-unavailable", `key ${keyName} cannot be used`);
    }
    return version;
  }

  function named(method: string, versionName: string): Version {
    const [keyName = "", number = ""] = versionName.split("/cryptoKeyVersions/");
    return use(method, keyName, Number(number));
  }

  return {
    calls,
    disable: (keyName = "*") => void down.add(keyName),
    enable: (keyName = "*") => void down.delete(keyName),
    async encrypt(keyName, plaintext, aad) {
      const number = versionsOf(keyName).length;
      const version = use("encrypt", keyName, number);
      const nonce = ids.bytes(12);
      const cipher = createCipheriv("aes-256-gcm", version.secret, nonce).setAAD(aad);
      const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
      return {
        ciphertext: Buffer.concat([Buffer.from([number]), nonce, sealed, cipher.getAuthTag()]),
        version: version.name,
      };
    },
    async decrypt(keyName, ciphertext, aad) {
      const bytes = Buffer.from(ciphertext);
      const version = use("decrypt", keyName, bytes[0] ?? 0);
      try {
        const decipher = createDecipheriv("aes-256-gcm", version.secret, bytes.subarray(1, 13)).setAAD(aad);
        decipher.setAuthTag(bytes.subarray(-16));
        return Buffer.concat([decipher.update(bytes.subarray(13, -16)), decipher.final()]);
      } catch (error) {
        throw new AppError("ciphertext-invalid", `key ${keyName} does not open these bytes`, { cause: error });
      }
    },
    async sign(versionName, data) {
      return sign(null, data, named("sign", versionName).signing);
    },
    async publicKey(versionName) {
      return named("publicKey", versionName).publicKey;
    },
    async listVersions(keyName) {
      return versionsOf(keyName).map(({ name, state, createdAt }) => ({ name, state, createdAt }));
    },
    async primaryVersion(keyName) {
      return versionsOf(keyName).at(-1)?.name ?? "";
    },
    async rotate(keyName) {
      return addVersion(keyName, versionsOf(keyName)).name;
    },
    async destroyVersion(versionName) {
      named("destroyVersion", versionName).state = "DESTROY_SCHEDULED";
    },
  };
}
