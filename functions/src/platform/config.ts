import { z } from "zod";
import { AppError } from "./errors.ts";

const hostPort = z.string().regex(/^[^/\s]+:\d+$/, "expected host:port");

/** One key, or several while the first replaces the others: the first seals, all of them open. */
function isKeyList(text: string): boolean {
  return text.split(",").every((key) => Buffer.from(key, "base64").length === 32);
}

/** `data-eu`, or `data-eu-20250115` for a restored one: firestore.rules know a data database by how its name begins. */
const databaseName = (use: "data" | "keys") =>
  z
    .string()
    .regex(
      new RegExp(`^${use}-(eu|us)(-[a-z0-9]{1,40})?$`),
      `expected ${use}-<region> or ${use}-<region>-<letters and digits>`,
    );

/** Versions of the signing key in the order in which they began to sign: `1`, or `1,2@2026-01-15T12:00:00Z`. */
const signingVersions = z
  .string()
  .transform((list) => list.split(",").map((entry) => entry.split("@")))
  .pipe(
    z
      .array(z.tuple([z.string().regex(/^[1-9]\d*$/)]).rest(z.iso.datetime()))
      .refine((versions) => versions.every((version, place) => version.length === (place === 0 ? 1 : 2)))
      .transform((versions) => versions.map(([version, from]) => ({ version, ...(from && { from: new Date(from) }) }))),
  );

/** Everything that differs between environments. README's table of settings names each of these. */
const environment = z
  .object({
    LETHE_ENV: z.enum(["local", "production"]),
    GOOGLE_CLOUD_PROJECT: z.string().min(1),
    REGION: z.enum(["eu", "us"]),
    /** Physical databases, when they are not `data-<region>` and `keys-<region>`: after a restore. */
    DATA_DATABASE: databaseName("data").optional(),
    KEYS_DATABASE: databaseName("keys").optional(),
    LOCATION: z.string().min(1).default("europe-west4"),
    /** Where the key ring is; LOCATION when absent. */
    KMS_LOCATION: z.string().min(1).optional(),
    SIGNING_KEY_VERSIONS: signingVersions.default([{ version: "1" }]),
    APP_ORIGIN: z.url(),
    API_ORIGIN: z.url(),
    SESSION_SEALING_KEY: z.string().refine(isKeyList, "expected base64 keys of 32 bytes, separated by commas"),
    MODEL_CLIENT: z.enum(["genai", "vertexai"]).default("genai"),
    MODEL_NAME: z.string().min(1).default("gemini-2.5-flash"),
    EMBEDDING_MODEL: z.string().min(1).default("text-embedding-005"),
    FIREBASE_API_KEY: z.string().min(1).default("local"),
    FIRESTORE_EMULATOR_HOST: hostPort.optional(),
    PUBSUB_EMULATOR_HOST: hostPort.optional(),
    FIREBASE_AUTH_EMULATOR_HOST: hostPort.optional(),
    STORAGE_EMULATOR_HOST: z.url().optional(),
    KMS_ENDPOINT: hostPort.optional(),
    VERTEX_ENDPOINT: z.url().optional(),
    SCHEDULER_ENDPOINT: hostPort.optional(),
    STRIPE_ENDPOINT: z.url().optional(),
    STRIPE_KEY: z.string().min(1).optional(),
    STRIPE_WEBHOOK_SECRET: z.string().min(1).optional(),
    POSTMARK_ENDPOINT: z.url().optional(),
    POSTMARK_TOKEN: z.string().min(1).optional(),
    POSTMARK_ACCOUNT_TOKEN: z.string().min(1).optional(),
    POSTMARK_WEBHOOK_SECRET: z.string().min(1).optional(),
    MAIL_FROM: z.string().min(3).default("Lethe <privacy@lethe.example>"),
    /** Hosts, separated by commas, to which webhooks go by http and at private addresses. */
    WEBHOOK_LOCAL_HOSTS: z.string().min(1).optional(),
    CLOCK_FILE: z.string().min(1).optional(),
    LINK_SIGNING_KEY_FILE: z.string().min(1).optional(),
  })
  .superRefine((env, context) => {
    if (env.LETHE_ENV !== "production") return;
    for (const name of localOnly) {
      if (env[name] !== undefined) context.addIssue({ code: "custom", path: [name], message: "refused in production" });
    }
  });

/** Settings of the local cloud that a production configuration refuses. */
const localOnly = [
  "FIRESTORE_EMULATOR_HOST",
  "PUBSUB_EMULATOR_HOST",
  "FIREBASE_AUTH_EMULATOR_HOST",
  "STORAGE_EMULATOR_HOST",
  "KMS_ENDPOINT",
  "VERTEX_ENDPOINT",
  "SCHEDULER_ENDPOINT",
  "STRIPE_ENDPOINT",
  "POSTMARK_ENDPOINT",
  "WEBHOOK_LOCAL_HOSTS",
  "CLOCK_FILE",
  "LINK_SIGNING_KEY_FILE",
] as const;

export type Region = "eu" | "us";
export type Config = Readonly<z.infer<typeof environment>>;

/** Names of every setting, for the test that compares them with README. */
export const settingNames: readonly string[] = Object.keys(environment.shape);

/**
 * Parses the environment of a function.
 *
 * @param env - names to texts, as `process.env`.
 * @returns a frozen configuration.
 * @throws AppError `input-invalid` naming every setting that is missing or malformed.
 */
export function parseConfig(env: Record<string, string | undefined>): Config {
  const parsed = environment.safeParse(env);
  if (parsed.success) return Object.freeze(parsed.data);
  const faults = parsed.error.issues.map((issue) => `${issue.path.join(".")} (${issue.message})`);
  throw new AppError("input-invalid", `configuration is incomplete: ${faults.join(", ")}`);
}

let current: Config | undefined;

/** The configuration of this process, parsed on first use. */
export function config(): Config {
  current ??= parseConfig(process.env);
  return current;
}
