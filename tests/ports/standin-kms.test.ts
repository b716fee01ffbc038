import { createPublicKey, verify } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { cloudKms } from "../../functions/src/ports/kms.ts";
import { createPlatformKeys, kmsLocation, localKmsClient } from "../../local/platform-keys.ts";
import { crc32c } from "../../local/standins/crc32c.ts";
import { type Kms, startKms } from "../../local/standins/kms.ts";

const project = "demo-kms";
const ring = `projects/${project}/locations/${kmsLocation}/keyRings/lethe-eu`;
const key = `${ring}/cryptoKeys/kek`;
const aad = Buffer.from("tenant-a");
const plaintext = Buffer.from("a tenant key");

let kms: Kms;
let client: ReturnType<typeof localKmsClient>;

beforeAll(async () => {
  kms = await startKms({ port: 0 });
  client = localKmsClient(`127.0.0.1:${kms.port}`);
  await createPlatformKeys(`127.0.0.1:${kms.port}`, project, "eu");
});
afterAll(async () => {
  await client.close();
  await kms.close();
});

async function encrypted(name = key): Promise<Uint8Array> {
  const [answer] = await client.encrypt({ name, plaintext, additionalAuthenticatedData: aad });
  return Buffer.from(answer.ciphertext ?? "");
}

/** @returns the gRPC code that the call fails with, 0 when it does not. */
async function codeOf(call: Promise<unknown>): Promise<number> {
  return call.then(
    () => 0,
    (error: { code: number }) => error.code,
  );
}

const code = { invalidArgument: 3, notFound: 5, alreadyExists: 6, permissionDenied: 7, failedPrecondition: 9 };

describe("the Cloud KMS stand-in", () => {
  it("opens what it sealed, with the same additional data alone", async () => {
    const ciphertext = await encrypted();
    const [opened] = await client.decrypt({ name: key, ciphertext, additionalAuthenticatedData: aad });
    expect(Buffer.from(opened.plaintext ?? "").toString()).toBe("a tenant key");
    expect(opened.usedPrimary).toBe(true);
    const wrong = client.decrypt({ name: key, ciphertext, additionalAuthenticatedData: Buffer.from("tenant-b") });
    expect(await codeOf(wrong)).toBe(code.invalidArgument);
    const changed = Buffer.from(ciphertext);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(await codeOf(client.decrypt({ name: key, ciphertext: changed, additionalAuthenticatedData: aad }))).toBe(
      code.invalidArgument,
    );
  });

  it("checks and returns checksums", async () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
    const [answer] = await client.encrypt({ name: key, plaintext, plaintextCrc32c: { value: crc32c(plaintext) } });
    expect(answer.verifiedPlaintextCrc32c).toBe(true);
    expect(Number(answer.ciphertextCrc32c?.value)).toBe(crc32c(Buffer.from(answer.ciphertext ?? "")));
    expect(await codeOf(client.encrypt({ name: key, plaintext, plaintextCrc32c: { value: 1 } }))).toBe(
      code.invalidArgument,
    );
  });

  it("answers NOT_FOUND for a key nobody made and ALREADY_EXISTS for one that is there", async () => {
    expect(await codeOf(encrypted(`${ring}/cryptoKeys/nobody`))).toBe(code.notFound);
    expect(await codeOf(client.createCryptoKey({ parent: ring, cryptoKeyId: "kek", cryptoKey: { purpose: 1 } }))).toBe(
      code.alreadyExists,
    );
  });

  it("seals under the new primary version and still opens what an older one sealed", async () => {
    const parent = `${ring}/cryptoKeys/rotated`;
    await client.createCryptoKey({
      parent: ring,
      cryptoKeyId: "rotated",
      cryptoKey: { purpose: 1, labels: { t: "a" } },
    });
    const old = await encrypted(parent);
    await client.createCryptoKeyVersion({ parent, cryptoKeyVersion: {} });
    const [key] = await client.updateCryptoKeyPrimaryVersion({ name: parent, cryptoKeyVersionId: "2" });
    expect(key.primary?.name).toBe(`${parent}/cryptoKeyVersions/2`);
    expect(key.labels).toEqual({ t: "a" });
    const [opened] = await client.decrypt({ name: parent, ciphertext: old, additionalAuthenticatedData: aad });
    expect(opened.usedPrimary).toBe(false);
    const [versions] = await client.listCryptoKeyVersions({ parent });
    expect(versions.map((version) => version.state)).toEqual(["ENABLED", "ENABLED"]);
  });

  it("refuses a version that is disabled or about to be destroyed", async () => {
    const parent = `${ring}/cryptoKeys/ended`;
    await client.createCryptoKey({ parent: ring, cryptoKeyId: "ended", cryptoKey: { purpose: 1 } });
    const ciphertext = await encrypted(parent);
    const decrypt = () => codeOf(client.decrypt({ name: parent, ciphertext, additionalAuthenticatedData: aad }));
    const name = `${parent}/cryptoKeyVersions/1`;
    const updateMask = { paths: ["state"] };
    await client.updateCryptoKeyVersion({ cryptoKeyVersion: { name, state: "DISABLED" }, updateMask });
    expect(await decrypt()).toBe(code.failedPrecondition);
    await client.updateCryptoKeyVersion({ cryptoKeyVersion: { name, state: "ENABLED" }, updateMask });
    expect(await decrypt()).toBe(0);
    const [destroyed] = await client.destroyCryptoKeyVersion({ name });
    expect(destroyed.state).toBe("DESTROY_SCHEDULED");
    expect(await decrypt()).toBe(code.failedPrecondition);
  });

  it("destroys a version when its wait is over, and keeps it listed", async () => {
    const parent = `${ring}/cryptoKeys/shortly`;
    const cryptoKey = { purpose: 1 as const, destroyScheduledDuration: { seconds: 1 } };
    await client.createCryptoKey({ parent: ring, cryptoKeyId: "shortly", cryptoKey });
    const name = `${parent}/cryptoKeyVersions/1`;
    const [scheduled] = await client.destroyCryptoKeyVersion({ name });
    expect(Number(scheduled.destroyTime?.seconds)).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const [version] = await client.getCryptoKeyVersion({ name });
    expect(version.state).toBe("DESTROYED");
    expect(await codeOf(client.restoreCryptoKeyVersion({ name }))).toBe(code.failedPrecondition);
    expect(await codeOf(client.destroyCryptoKeyVersion({ name }))).toBe(code.failedPrecondition);
  });

  it("tells the port which version is primary, and when a destroyed one is gone for good", async () => {
    const cryptoKey = { purpose: 1 as const };
    await client.createCryptoKey({ parent: ring, cryptoKeyId: "listed", cryptoKey });
    const [parent, port] = [`${ring}/cryptoKeys/listed`, cloudKms(`127.0.0.1:${kms.port}`)];
    await client.createCryptoKeyVersion({ parent, cryptoKeyVersion: {} });
    await client.updateCryptoKeyPrimaryVersion({ name: parent, cryptoKeyVersionId: "2" });
    expect(await port.primaryVersion(parent)).toBe(`${parent}/cryptoKeyVersions/2`);
    await port.destroyVersion(`${parent}/cryptoKeyVersions/1`);
    const [old, primary] = await port.listVersions(parent);
    expect([old?.state, primary?.state]).toEqual(["DESTROY_SCHEDULED", "ENABLED"]);
    expect(old?.destroyAt?.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expect(primary).not.toHaveProperty("destroyAt");
  });

  it("gives the port nothing that was damaged on the way, neither a key nor a signature", async () => {
    const port = cloudKms(`127.0.0.1:${kms.port}`);
    const signing = `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/1`;
    const { ciphertext } = await port.encrypt(key, plaintext, aad);
    const calls = [
      () => port.encrypt(key, plaintext, aad),
      () => port.decrypt(key, ciphertext, aad),
      () => port.sign(signing, plaintext),
    ];
    for (const call of calls) {
      kms.damageNext(1);
      await expect(call()).rejects.toMatchObject({ code: "key-unavailable" });
      await expect(call()).resolves.toBeDefined();
    }
    expect(Buffer.from(await port.decrypt(key, ciphertext, aad)).toString()).toBe("a tenant key");
    expect(await port.publicKey(signing)).toContain("PUBLIC KEY");
  });

  it("signs with Ed25519 over the message itself", async () => {
    const name = `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/1`;
    const data = Buffer.from("checkpoint");
    const [signed] = await client.asymmetricSign({ name, data, dataCrc32c: { value: crc32c(data) } });
    const [published] = await client.getPublicKey({ name });
    expect(published.algorithm).toBe("EC_SIGN_ED25519");
    expect(signed.verifiedDataCrc32c).toBe(true);
    expect(verify(null, data, createPublicKey(published.pem ?? ""), Buffer.from(signed.signature ?? ""))).toBe(true);
    const digest = { sha256: Buffer.alloc(32) };
    expect(await codeOf(client.asymmetricSign({ name, digest }))).toBe(code.invalidArgument);
  });

  it("refuses keys whose grant was withdrawn, fails when told to, and counts calls", async () => {
    const before = kms.calls().Encrypt ?? 0;
    kms.deny([key]);
    expect(await codeOf(encrypted())).toBe(code.permissionDenied);
    kms.deny([]);
    kms.failNext("RESOURCE_EXHAUSTED", 1);
    expect(await codeOf(encrypted())).toBe(8);
    await encrypted();
    expect((kms.calls().Encrypt ?? 0) - before).toBe(3);
  });
});
