import { Firestore } from "@google-cloud/firestore";
import { KeyCache } from "../crypto/key-cache.ts";
import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import type { Stores } from "../inventory/collections.ts";
import type { BucketName, TopicName } from "../inventory/inventory.ts";
import { type Databases, openDatabases } from "../inventory/open-databases.ts";
import { type Billing, stripeBilling } from "../ports/billing.ts";
import { type Buckets, cloudBuckets } from "../ports/buckets.ts";
import { type Clock, offsetClock, systemClock } from "../ports/clock.ts";
import { type Ids, randomIds } from "../ports/ids.ts";
import { cloudKms, type Kms } from "../ports/kms.ts";
import { type Mail, postmarkMail } from "../ports/mail.ts";
import type { Model } from "../ports/model.ts";
import { cloudPublisher, type Publisher } from "../ports/publisher.ts";
import { firebaseStaffAccounts, type StaffAccounts } from "../ports/staff-accounts.ts";
import { vertexModel } from "../ports/vertex-model.ts";
import { httpWebhooks, type Webhooks } from "../ports/webhooks.ts";
import { type Config, config as currentConfig } from "./config.ts";

/** A version of the key that signs. */
export interface SigningKey {
  /** Full resource name. */
  readonly name: string;
  /** When it began to sign; absent for the first. */
  readonly from?: Date;
}

/** What use cases are given: clients of this region, the clock, ids. Tests pass fakes of the ports. */
export interface Deps extends CryptoDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly stores: Stores;
  /** Whether `stores` may be used; `serve`, `event` and `scheduled` ask before anything else. */
  readonly databases: Databases;
  readonly kms: Kms;
  /** Cloud KMS key that wraps tenant keys: full resource name. */
  readonly kekName: string;
  /** Cloud KMS version that signs checkpoints and receipts: full resource name of the newest of `signingKeys`. */
  readonly signingKeyName: string;
  /** Every version that has signed, the newest first. */
  readonly signingKeys: readonly SigningKey[];
  readonly keyCache: KeyCache;
  readonly publisher: Publisher<TopicName>;
  readonly buckets: Buckets<BucketName>;
  readonly model: Model;
  readonly staffAccounts: StaffAccounts;
  readonly mail: Mail;
  readonly billing: Billing;
  readonly webhooks: Webhooks;
}

/** Opens one Firestore database of the project; the emulator is found through FIRESTORE_EMULATOR_HOST. */
function openDatabase(projectId: string, databaseId: string): Firestore {
  return new Firestore({ projectId, databaseId, ignoreUndefinedProperties: true });
}

/** Builds a value at first use, so that a cold start pays only for what its function calls. */
function lazy<T>(build: () => T): () => T {
  let built: { value: T } | undefined;
  return () => {
    built ??= { value: build() };
    return built.value;
  };
}

/** The clients that a configuration describes, each built on first use. */
export function buildDeps(config: Config): Deps {
  const { GOOGLE_CLOUD_PROJECT: project, REGION: region } = config;
  const clock = config.CLOCK_FILE === undefined ? systemClock : offsetClock(config.CLOCK_FILE);
  const ring = `projects/${project}/locations/${config.KMS_LOCATION ?? config.LOCATION}/keyRings/lethe-${region}`;
  const signingKeys = config.SIGNING_KEY_VERSIONS.map(({ version, from }) => ({
    name: `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/${version}`,
    ...(from && { from }),
  })).reverse();
  const data = lazy(() => openDatabase(project, config.DATA_DATABASE ?? `data-${region}`));
  const keys = lazy(() => openDatabase(project, config.KEYS_DATABASE ?? `keys-${region}`));
  const directory = lazy(() => openDatabase(project, "(default)"));
  const kms = lazy(() => cloudKms(config.KMS_ENDPOINT));
  const publisher = lazy(() => cloudPublisher(project, region));
  const buckets = lazy(() => cloudBuckets(project, region, config.STORAGE_EMULATOR_HOST, config.LINK_SIGNING_KEY_FILE));
  const model = lazy(() => vertexModel(config));
  const staffAccounts = lazy(() => firebaseStaffAccounts(config));
  const mail = lazy(() => postmarkMail(config));
  const billing = lazy(() => stripeBilling(config));
  const webhooks = lazy(() => httpWebhooks(config));
  const stores: Stores = {
    region,
    get data() {
      return data();
    },
    get keys() {
      return keys();
    },
    get directory() {
      return directory();
    },
  };
  return {
    config,
    clock,
    ids: randomIds,
    kekName: `${ring}/cryptoKeys/kek`,
    signingKeyName: signingKeys[0]?.name ?? "",
    signingKeys,
    keyCache: new KeyCache(clock),
    stores,
    databases: openDatabases(() => stores, clock),
    get kms() {
      return kms();
    },
    get publisher() {
      return publisher();
    },
    get buckets() {
      return buckets();
    },
    get model() {
      return model();
    },
    get staffAccounts() {
      return staffAccounts();
    },
    get mail() {
      return mail();
    },
    get billing() {
      return billing();
    },
    get webhooks() {
      return webhooks();
    },
  };
}

const processDeps = lazy(() => buildDeps(currentConfig()));

/** The clients of this process. */
export function deps(): Deps {
  return processDeps();
}
