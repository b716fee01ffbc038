import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { consolePolicy } from "./console-policy.ts";
import { environmentOf, runDirectoryOf } from "./emulator-set.ts";
import { places } from "./places.ts";
import { type Ports, type Region, regions } from "./ports.ts";
import { localPostmarkTokens } from "./standins/postmark.ts";

/** Secrets of one run of a local cloud; Secret Manager holds them in production. */
export type LocalSecrets = {
  sessionSealingKey: string;
  stripeKey: string;
  stripeWebhookSecret: Record<Region, string>;
  postmarkToken: string;
  postmarkAccountToken: string;
  postmarkWebhookSecret: string;
};

/** Origins as a browser sees them, and by names that Node resolves too. */
export function originsOf(ports: Ports) {
  const { base } = ports;
  return {
    app: `http://${base}.app.lethe.localhost:${ports.app}`,
    api: {
      eu: `http://${base}.eu.api.lethe.localhost:${ports.api.eu}`,
      us: `http://${base}.us.api.lethe.localhost:${ports.api.us}`,
    },
    loopback: {
      app: `http://localhost:${ports.app}`,
      api: { eu: `http://localhost:${ports.api.eu}`, us: `http://localhost:${ports.api.us}` },
    },
    shops: ports.shops.map((port) => `http://localhost:${port}`),
  };
}

/** Makes the secrets of one run; webhook secrets of Stripe come from its stand-in. */
export function createSecrets(stripeWebhookSecret: Record<Region, string>): LocalSecrets {
  return {
    sessionSealingKey: randomBytes(32).toString("base64"),
    stripeKey: localStripeKey,
    stripeWebhookSecret,
    postmarkToken: localPostmarkTokens.server,
    postmarkAccountToken: localPostmarkTokens.account,
    postmarkWebhookSecret: randomBytes(16).toString("hex"),
  };
}

export const localStripeKey = "sk_test_local";

/** Where a run keeps the offset of its clock. */
export function clockFileOf(base: number): string {
  return join(runDirectoryOf(base), "clock.json");
}

/**
 * Writes the key of a service account that nobody has, with which links to objects are signed.
 *
 * @returns its path, for LINK_SIGNING_KEY_FILE.
 */
export function writeLinkSigningKey(base: number): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const file = join(runDirectoryOf(base), "link-signing-key.json");
  mkdirSync(runDirectoryOf(base), { recursive: true });
  const key = {
    client_email: "links@lethe-local.iam.gserviceaccount.com",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
  };
  writeFileSync(file, JSON.stringify(key), { mode: 0o600 });
  return file;
}

/**
 * The environment of every function of a region.
 *
 * @param options.realModel - whether Vertex AI itself is asked, with the credentials of this machine, instead of the stand-in.
 * @see functions/src/platform/config.ts
 */
export function functionEnvironment(options: {
  ports: Ports;
  project: string;
  region: Region;
  secrets: LocalSecrets;
  linkSigningKeyFile: string;
  realModel: boolean;
}): Record<string, string> {
  const { ports, project, region, secrets } = options;
  const origins = originsOf(ports);
  const { LETHE_STANDINS: _, VERTEX_ENDPOINT, ...endpoints } = environmentOf(ports);
  return {
    ...endpoints,
    ...(options.realModel || VERTEX_ENDPOINT === undefined ? {} : { VERTEX_ENDPOINT }),
    LETHE_ENV: "local",
    GOOGLE_CLOUD_PROJECT: project,
    REGION: region,
    LOCATION: places[region].location,
    KMS_LOCATION: places[region].keys,
    APP_ORIGIN: origins.app,
    API_ORIGIN: origins.api[region],
    SESSION_SEALING_KEY: secrets.sessionSealingKey,
    STRIPE_KEY: secrets.stripeKey,
    STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret[region],
    POSTMARK_TOKEN: secrets.postmarkToken,
    POSTMARK_ACCOUNT_TOKEN: secrets.postmarkAccountToken,
    POSTMARK_WEBHOOK_SECRET: secrets.postmarkWebhookSecret,
    FIREBASE_API_KEY: "local",
    WEBHOOK_LOCAL_HOSTS: "localhost,127.0.0.1",
    CLOCK_FILE: clockFileOf(ports.base),
    LINK_SIGNING_KEY_FILE: options.linkSigningKeyFile,
  };
}

/** What the console asks its own origin for. @see hosting/console/src/api/config.ts */
export function consoleConfig(ports: Ports, project: string): object {
  return {
    api: originsOf(ports).api,
    firebase: {
      projectId: project,
      apiKey: "local",
      authEmulator: `http://localhost:${ports.auth}`,
      firestoreEmulator: `localhost:${ports.firestore}`,
    },
  };
}

/** Headers that console pages carry beside those of firebase.json: where they may connect depends on the deployment. */
export function consoleHeaders(ports: Ports): Record<string, string> {
  const { api } = originsOf(ports);
  const local = [`http://localhost:${ports.auth}`, `http://localhost:${ports.firestore}`];
  return { "content-security-policy": consolePolicy([...regions.map((region) => api[region]), ...local]) };
}
