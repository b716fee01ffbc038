import { randomUUID } from "node:crypto";
import { Firestore } from "@google-cloud/firestore";
import { KeyCache } from "../../functions/src/crypto/key-cache.ts";
import type { Stores } from "../../functions/src/inventory/collections.ts";
import { type Databases, openDatabases } from "../../functions/src/inventory/open-databases.ts";
import { type Config, parseConfig, type Region } from "../../functions/src/platform/config.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { Ids } from "../../functions/src/ports/ids.ts";
import { type FakeBilling, fakeBilling } from "../fakes/billing.ts";
import { type FakeBuckets, fakeBuckets } from "../fakes/buckets.ts";
import { type FakeClock, fakeClock } from "../fakes/clock.ts";
import { seededIds } from "../fakes/ids.ts";
import { type FakeKms, fakeKms } from "../fakes/kms.ts";
import { type FakeMail, fakeMail } from "../fakes/mail.ts";
import { type FakeModel, fakeModel } from "../fakes/model.ts";
import { type FakePublisher, fakePublisher } from "../fakes/publisher.ts";
import { type FakeStaffAccounts, fakeStaffAccounts } from "../fakes/staff-accounts.ts";
import { type FakeWebhooks, fakeWebhooks } from "../fakes/webhooks.ts";

/** What use cases are given in a test: a real Firestore emulator with databases of its own, and fakes of every port. */
export interface TestDeps extends Deps {
  readonly clock: FakeClock;
  readonly kms: FakeKms;
  readonly publisher: FakePublisher;
  readonly buckets: FakeBuckets;
  readonly model: FakeModel;
  readonly mail: FakeMail;
  readonly billing: FakeBilling;
  readonly webhooks: FakeWebhooks;
  readonly staffAccounts: FakeStaffAccounts;
  /** Closes the Firestore clients; call it in `afterAll`. */
  close(): Promise<void>;
}

export interface TestDepsOptions {
  region?: Region;
  /** One of its own by default, so that test files never meet on the shared emulator. */
  projectId?: string;
  ids?: Ids;
  /** Physical names of the pair of databases; given these, the pair is open only when its record says so. */
  databases?: { data: string; keys: string };
  /** Settings beside the usual ones. */
  env?: Readonly<Record<string, string>>;
}

/** A tenant id of the real shape that shows its name: `lethe_eu_tenant_bakery0000000000`. */
export function tenantIdOf(name: string, region: Region = "eu"): string {
  return `lethe_${region}_tenant_${name.padEnd(16, "0").slice(0, 16)}`;
}

/** Databases of a test that is not about opening them. */
export const alwaysOpen: Databases = { assertOpen: async () => undefined };

function testConfig(projectId: string, region: Region, env: Readonly<Record<string, string>>): Config {
  return parseConfig({
    LETHE_ENV: "local",
    GOOGLE_CLOUD_PROJECT: projectId,
    REGION: region,
    APP_ORIGIN: "http://8100.app.lethe.localhost:8100",
    API_ORIGIN: `http://8100.${region}.api.lethe.localhost:8101`,
    SESSION_SEALING_KEY: Buffer.alloc(32, 7).toString("base64"),
    ...env,
  });
}

/**
 * Dependencies for one test file. Firestore clients are opened on first use, so that tests without an emulator may use
 * the rest.
 *
 * @throws Error on the first use of a store when FIRESTORE_EMULATOR_HOST is not set.
 */
export function testDeps(options: TestDepsOptions = {}): TestDeps {
  const region = options.region ?? "eu";
  const projectId = options.projectId ?? `test-${randomUUID().slice(0, 18)}`;
  const clock = fakeClock();
  const ids = options.ids ?? seededIds(projectId);
  const opened = new Map<string, Firestore>();
  const open = (databaseId: string): Firestore => {
    if (process.env.FIRESTORE_EMULATOR_HOST === undefined) {
      throw new Error("this test needs the Firestore emulator; put it under tests/integration");
    }
    const client = opened.get(databaseId) ?? new Firestore({ projectId, databaseId, ignoreUndefinedProperties: true });
    opened.set(databaseId, client);
    return client;
  };
  const ring = `projects/${projectId}/locations/europe-west4/keyRings/lethe-${region}`;
  const names = options.databases ?? { data: `data-${region}`, keys: `keys-${region}` };
  const stores: Stores = {
    region,
    get data() {
      return open(names.data);
    },
    get keys() {
      return open(names.keys);
    },
    get directory() {
      return open("(default)");
    },
  };
  return {
    config: testConfig(projectId, region, options.env ?? {}),
    clock,
    ids,
    kekName: `${ring}/cryptoKeys/kek`,
    signingKeyName: `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/1`,
    signingKeys: [{ name: `${ring}/cryptoKeys/ledger-signing/cryptoKeyVersions/1` }],
    keyCache: new KeyCache(clock),
    kms: fakeKms(clock.now),
    publisher: fakePublisher(),
    buckets: fakeBuckets(clock.now),
    model: fakeModel(),
    mail: fakeMail(),
    billing: fakeBilling(),
    webhooks: fakeWebhooks(),
    staffAccounts: fakeStaffAccounts(),
    stores,
    databases: options.databases === undefined ? alwaysOpen : openDatabases(() => stores, clock),
    async close() {
      await Promise.all([...opened.values()].map((client) => client.terminate()));
      opened.clear();
    },
  };
}
