import { KeyManagementServiceClient, protos } from "@google-cloud/kms";
import { grpc } from "google-gax";

const { CryptoKeyPurpose } = protos.google.cloud.kms.v1.CryptoKey;
const { CryptoKeyVersionAlgorithm } = protos.google.cloud.kms.v1.CryptoKeyVersion;

/** Where the local cloud keeps a region's keys, as functions/src/platform/config.ts assumes when nobody says otherwise. */
export const kmsLocation = "europe-west4";

/** A Cloud KMS client for a stand-in. @param endpoint - host:port. */
export function localKmsClient(endpoint: string): KeyManagementServiceClient {
  const [apiEndpoint = "127.0.0.1", port = ""] = endpoint.split(":");
  return new KeyManagementServiceClient({
    projectId: "local",
    apiEndpoint,
    port: Number(port),
    sslCreds: grpc.credentials.createInsecure(),
  });
}

/**
 * Makes a region's key ring `lethe-<region>` with its two keys, under the names that `terraform/modules/keys` gives them.
 *
 * @param endpoint - host:port of the Cloud KMS stand-in.
 * @returns the full names of both keys.
 */
export async function createPlatformKeys(
  endpoint: string,
  project: string,
  region: string,
  location: string = kmsLocation,
): Promise<{ kek: string; ledgerSigning: string }> {
  const client = localKmsClient(endpoint);
  const parent = client.locationPath(project, location);
  const [ring] = await client.createKeyRing({ parent, keyRingId: `lethe-${region}` });
  const inRing = { parent: ring.name ?? "" };
  const [kek] = await client.createCryptoKey({
    ...inRing,
    cryptoKeyId: "kek",
    cryptoKey: { purpose: CryptoKeyPurpose.ENCRYPT_DECRYPT },
  });
  const [signing] = await client.createCryptoKey({
    ...inRing,
    cryptoKeyId: "ledger-signing",
    cryptoKey: {
      purpose: CryptoKeyPurpose.ASYMMETRIC_SIGN,
      versionTemplate: { algorithm: CryptoKeyVersionAlgorithm.EC_SIGN_ED25519 },
    },
  });
  await client.close();
  return { kek: kek.name ?? "", ledgerSigning: signing.name ?? "" };
}
