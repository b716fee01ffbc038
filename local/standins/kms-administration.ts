import { GrpcFailure, type Handlers, timestamp } from "./grpc-service.ts";
import { assertEnabled, type KeyStore, keyMessage, scheduleDestruction, versionMessage } from "./kms-keys.ts";

type CreateKeyRequest = {
  parent: string;
  cryptoKeyId: string;
  cryptoKey: {
    purpose: string;
    labels?: Record<string, string>;
    versionTemplate: { algorithm: string } | null;
    destroyScheduledDuration: { seconds: string } | null;
  } | null;
  skipInitialVersionCreation: boolean;
};
type UpdateKeyRequest = {
  cryptoKey: { name: string; labels?: Record<string, string>; rotationPeriod: unknown; nextRotationTime: unknown };
  updateMask: { paths: string[] } | null;
};
type UpdateVersionRequest = { cryptoKeyVersion: { name: string; state: string } };
type Listing = { parent: string };
type Named = { name: string };

/** The methods of Cloud KMS that make, list and change rings, keys and versions. */
export function administration(store: KeyStore): Handlers {
  return {
    CreateKeyRing({ parent, keyRingId }: { parent: string; keyRingId: string }) {
      const name = `${parent}/keyRings/${keyRingId}`;
      store.createRing(name);
      return { name, createTime: timestamp(new Date()) };
    },
    GetKeyRing({ name }: Named) {
      const created = store.rings.get(name);
      if (created === undefined) throw new GrpcFailure("NOT_FOUND", `KeyRing ${name} not found.`);
      return { name, createTime: timestamp(created) };
    },
    CreateCryptoKey(request: CreateKeyRequest) {
      const key = store.createKey(`${request.parent}/cryptoKeys/${request.cryptoKeyId}`, {
        purpose: request.cryptoKey?.purpose ?? "",
        algorithm: request.cryptoKey?.versionTemplate?.algorithm ?? "",
        labels: request.cryptoKey?.labels ?? {},
        ...(request.cryptoKey?.destroyScheduledDuration
          ? { destroyAfterMs: Number(request.cryptoKey.destroyScheduledDuration.seconds) * 1000 }
          : {}),
      });
      if (!request.skipInitialVersionCreation) {
        const first = store.addVersion(key);
        if (key.purpose === "ENCRYPT_DECRYPT") key.primary = first.number;
      }
      return keyMessage(key);
    },
    GetCryptoKey({ name }: Named) {
      return keyMessage(store.getKey(name));
    },
    ListCryptoKeys({ parent }: Listing) {
      const keys = [...store.keys.values()].filter((key) => key.name.startsWith(`${parent}/cryptoKeys/`));
      return { cryptoKeys: keys.map(keyMessage), totalSize: keys.length };
    },
    UpdateCryptoKey({ cryptoKey, updateMask }: UpdateKeyRequest) {
      const key = store.getKey(cryptoKey.name);
      for (const path of updateMask?.paths ?? []) {
        if (path === "labels") key.labels = cryptoKey.labels ?? {};
        if (path === "rotation_period") key.rotationPeriod = cryptoKey.rotationPeriod;
        if (path === "next_rotation_time") key.nextRotationTime = cryptoKey.nextRotationTime;
      }
      return keyMessage(key);
    },
    CreateCryptoKeyVersion({ parent }: Listing) {
      const key = store.getKey(parent);
      return versionMessage(key, store.addVersion(key));
    },
    GetCryptoKeyVersion({ name }: Named) {
      const { key, version } = store.getVersion(name);
      return versionMessage(key, version);
    },
    ListCryptoKeyVersions({ parent }: Listing) {
      const key = store.getKey(parent);
      return {
        cryptoKeyVersions: key.versions.map((version) => versionMessage(key, version)),
        totalSize: key.versions.length,
      };
    },
    UpdateCryptoKeyPrimaryVersion({ name, cryptoKeyVersionId }: { name: string; cryptoKeyVersionId: string }) {
      const { key, version } = store.getVersion(`${name}/cryptoKeyVersions/${cryptoKeyVersionId}`);
      assertEnabled(version);
      key.primary = version.number;
      return keyMessage(key);
    },
    UpdateCryptoKeyVersion({ cryptoKeyVersion }: UpdateVersionRequest) {
      const { key, version } = store.getVersion(cryptoKeyVersion.name);
      const { state } = cryptoKeyVersion;
      if (version.state === "DESTROY_SCHEDULED" || version.state === "DESTROYED") {
        throw new GrpcFailure("FAILED_PRECONDITION", `${version.name} is ${version.state}.`);
      }
      if (state !== "ENABLED" && state !== "DISABLED") {
        throw new GrpcFailure("INVALID_ARGUMENT", `state may be set to ENABLED or DISABLED, not ${state}`);
      }
      version.state = state;
      return versionMessage(key, version);
    },
    DestroyCryptoKeyVersion({ name }: Named) {
      const { key, version } = store.getVersion(name);
      scheduleDestruction(key, version);
      return versionMessage(key, version);
    },
    RestoreCryptoKeyVersion({ name }: Named) {
      const { key, version } = store.getVersion(name);
      if (version.state !== "DESTROY_SCHEDULED") {
        throw new GrpcFailure("FAILED_PRECONDITION", `${name} is not scheduled for destruction.`);
      }
      version.state = "DISABLED";
      version.destroyAt = undefined;
      return versionMessage(key, version);
    },
  };
}
