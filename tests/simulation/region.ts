import { KeyCache } from "../../functions/src/crypto/key-cache.ts";
import type { BucketName, TopicName } from "../../functions/src/inventory/inventory.ts";
import { type Config, parseConfig } from "../../functions/src/platform/config.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { Buckets } from "../../functions/src/ports/buckets.ts";
import type { Clock } from "../../functions/src/ports/clock.ts";
import type { Kms } from "../../functions/src/ports/kms.ts";
import type { Publisher } from "../../functions/src/ports/publisher.ts";
import type { StaffAccounts } from "../../functions/src/ports/staff-accounts.ts";
import { fakeBilling } from "../fakes/billing.ts";
import { fakeBuckets } from "../fakes/buckets.ts";
import { seededIds } from "../fakes/ids.ts";
import { fakeKms } from "../fakes/kms.ts";
import { fakeMail } from "../fakes/mail.ts";
import { type Gate, MemoryFirestore } from "../fakes/memory-firestore/memory-firestore.ts";
import { Storage } from "../fakes/memory-firestore/storage.ts";
import { fakeModel } from "../fakes/model.ts";
import { fakeStaffAccounts } from "../fakes/staff-accounts.ts";
import { fakeWebhooks } from "../fakes/webhooks.ts";

/** A message that a topic holds until a worker takes it. */
export interface Message {
  topic: TopicName;
  payload: Readonly<Record<string, string | number>>;
  /** Virtual time from which it is delivered. */
  dueMs: number;
  attempts: number;
}

/** One region of the cloud on a virtual clock: what all its instances share. */
export interface SimulatedRegion {
  readonly config: Config;
  nowMs: number;
  /** Virtual time during which buckets take nothing: they are full, or their quota is used up. */
  full: { fromMs: number; toMs: number } | undefined;
  readonly data: Storage;
  readonly keys: Storage;
  readonly directory: Storage;
  readonly buckets: ReturnType<typeof fakeBuckets>;
  readonly mail: ReturnType<typeof fakeMail>;
  readonly billing: ReturnType<typeof fakeBilling>;
  readonly staffAccounts: ReturnType<typeof fakeStaffAccounts>;
  readonly webhooks: ReturnType<typeof fakeWebhooks>;
  readonly messages: Message[];
  /** Every message there ever was, with its topic, as text. */
  readonly published: string[];
  /** Every log line of its instances. */
  readonly logged: string[];
  /**
   * The dependencies of one instance: its own key cache, its own clock, and a gate through which each of its operations
   * on the world passes.
   *
   * @param skewMs - how far the instance's clock is off.
   */
  instance(gate: Gate, skewMs?: number): Deps;
  /** Ends every instance: without it the keys of a story would stay in memory for five minutes of ours, and all else with them. */
  end(): void;
}

const project = "simulation";

const config = parseConfig({
  LETHE_ENV: "local",
  GOOGLE_CLOUD_PROJECT: project,
  REGION: "eu",
  APP_ORIGIN: "http://app.lethe.localhost",
  API_ORIGIN: "http://eu.api.lethe.localhost",
  SESSION_SEALING_KEY: Buffer.alloc(32, 7).toString("base64"),
});

/** Every method of a port passes the gate before it takes effect. */
function gatedBuckets(buckets: Buckets<BucketName>, gate: Gate, isFull: () => boolean): Buckets<BucketName> {
  const through = <T>(operation: "read" | "commit", call: () => Promise<T>) =>
    gate(operation, call).then((answer) => answer);
  return {
    write: async (bucket, path, content, type) => {
      const chunks: Uint8Array[] = [];
      if (content instanceof Uint8Array) chunks.push(content);
      else for await (const chunk of content) chunks.push(chunk);
      await through("commit", async () => {
        if (isFull()) throw Object.assign(new Error("simulated: the bucket takes no more"), { code: 429 });
        await buckets.write(bucket, path, Buffer.concat(chunks), type);
      });
    },
    read: (bucket, path) => through("read", () => buckets.read(bucket, path)),
    stream: async function* (bucket, path) {
      yield* await through("read", () => Promise.resolve(buckets.stream(bucket, path)));
    },
    remove: (bucket, path) => through("commit", () => buckets.remove(bucket, path)),
    list: (bucket, prefix) => through("read", () => buckets.list(bucket, prefix)),
    link: (bucket, path, name, expiresAt) => through("read", () => buckets.link(bucket, path, name, expiresAt)),
  };
}

/** Calls of Cloud KMS pass the gate: it is another service, which answers late or not at all. */
function gatedKms(kms: Kms, gate: Gate): Kms {
  const through = <T>(operation: "read" | "commit", call: () => Promise<T>) =>
    gate(operation, call).then((answer) => answer);
  return {
    encrypt: (key, plaintext, aad) => through("read", () => kms.encrypt(key, plaintext, aad)),
    decrypt: (key, ciphertext, aad) => through("read", () => kms.decrypt(key, ciphertext, aad)),
    sign: (version, data) => through("read", () => kms.sign(version, data)),
    publicKey: (version) => through("read", () => kms.publicKey(version)),
    listVersions: (key) => through("read", () => kms.listVersions(key)),
    primaryVersion: (key) => through("read", () => kms.primaryVersion(key)),
    destroyVersion: (version) => through("commit", () => kms.destroyVersion(version)),
  };
}

/** Removing an account passes the gate; nothing else of the provider's happens in a story. */
function gatedAccounts(accounts: StaffAccounts, gate: Gate): StaffAccounts {
  return { ...accounts, remove: (uid) => gate("commit", () => accounts.remove(uid)).then(() => undefined) };
}

/** Makes an empty region. @param seed - for ids and keys: the same seed makes the same bytes. */
export function simulatedRegion(seed: number): SimulatedRegion {
  const clock = { now: () => new Date(region.nowMs) };
  const ids = seededIds(`seed-${seed}`);
  const kms = fakeKms(clock.now, ids);
  const model = fakeModel();
  const ring = `projects/${project}/locations/europe-west4/keyRings/lethe-eu`;
  const keyCaches: KeyCache[] = [];
  const isFull = () =>
    region.full !== undefined && region.nowMs >= region.full.fromMs && region.nowMs < region.full.toMs;
  const region: SimulatedRegion = {
    config,
    nowMs: Date.parse("2025-01-15T12:00:00Z"),
    full: undefined,
    data: new Storage(clock.now),
    keys: new Storage(clock.now),
    directory: new Storage(clock.now),
    buckets: fakeBuckets(clock.now),
    mail: fakeMail(),
    billing: fakeBilling(),
    staffAccounts: fakeStaffAccounts(),
    webhooks: fakeWebhooks(),
    messages: [],
    published: [],
    logged: [],
    instance(gate, skewMs = 0) {
      const own: Clock = { now: () => new Date(region.nowMs + skewMs), fromServer: (time) => time };
      const publisher: Publisher<TopicName> = {
        publish: (topic, payload) =>
          gate("commit", () => {
            region.published.push(`${topic} ${JSON.stringify(payload)}`);
            region.messages.push({ topic, payload, dueMs: region.nowMs, attempts: 0 });
          }),
      };
      const keyCache = new KeyCache(own);
      keyCaches.push(keyCache);
      const open = (storage: Storage) => new MemoryFirestore(clock.now, gate, storage).asFirestore();
      return {
        config,
        clock: own,
        ids,
        kms: gatedKms(kms, gate),
        model,
        staffAccounts: gatedAccounts(region.staffAccounts, gate),
        publisher,
        billing: {
          deleteCustomer: (id) => gate("commit", () => region.billing.deleteCustomer(id)).then(() => undefined),
        },
        mail: {
          send: (letter) => gate("commit", () => region.mail.send(letter)).then((id) => id),
          requestRemoval: (address) => gate("commit", () => region.mail.requestRemoval(address)).then((id) => id),
        },
        webhooks: {
          post: (url, headers, body) =>
            gate("commit", () => region.webhooks.post(url, headers, body)).then((answer) => answer),
        },
        buckets: gatedBuckets(region.buckets, gate, isFull),
        keyCache,
        databases: { assertOpen: async () => undefined },
        kekName: `${ring}/cryptoKeys/kek`,
        signingKeyName: `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/1`,
        signingKeys: [{ name: `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/1` }],
        stores: { region: "eu", data: open(region.data), keys: open(region.keys), directory: open(region.directory) },
      };
    },
    end: () => {
      for (const keyCache of keyCaches) keyCache.forget("");
    },
  };
  return region;
}
