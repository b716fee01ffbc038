import { readFileSync } from "node:fs";
import { z } from "zod";

/** Roles that a function may hold. `modules/identities` knows on which resource each one is granted. */
export const functionRoles = [
  "lethe.keyRotator",
  "roles/aiplatform.user",
  "roles/cloudkms.cryptoKeyEncrypterDecrypter",
  "roles/cloudkms.signerVerifier",
  "roles/cloudkms.publicKeyViewer",
  "roles/datastore.user",
  "roles/firebaseauth.admin",
  "roles/iam.serviceAccountTokenCreator",
  "roles/pubsub.publisher",
  "roles/storage.objectUser",
  "roles/storage.objectViewer",
] as const;

/** Secrets that a function may read; each is also the name of the setting that carries it. */
export const functionSecrets = [
  "SESSION_SEALING_KEY",
  "STRIPE_KEY",
  "STRIPE_WEBHOOK_SECRET",
  "POSTMARK_TOKEN",
  "POSTMARK_ACCOUNT_TOKEN",
  "POSTMARK_WEBHOOK_SECRET",
] as const;

/** Buckets of a region: `<project>-<region>-<bucket>`. */
export const functionBuckets = ["knowledge", "exports", "uploads", "ledger", "tombstones"] as const;

const topicName = z.string().regex(/^[a-z][a-z-]{2,40}$/, "expected a topic's name without region");
const deadTopics = z.string().regex(/^\*-[a-z]+$/, "expected * and the ending of topics' names");
const retry = z.strictObject({
  minimumBackoffSeconds: z.int().min(0).max(600),
  maximumBackoffSeconds: z.int().min(0).max(600),
});

const common = {
  /** Of one instance. */
  memoryMb: z.int().min(128).max(4096),
  /** Largest heap of V8 in such an instance. Absent: V8 decides by the instance's memory, and collects late. */
  heapMb: z.int().min(64).max(2048).optional(),
  /** Requests that one instance serves at once. */
  concurrency: z.int().min(1).max(250),
  timeoutSeconds: z.int().min(1).max(540),
  minInstances: z.int().min(0),
  maxInstances: z.int().min(1),
  roles: z.array(z.enum(functionRoles)).min(1),
  /** Where `roles/datastore.user` reaches: `data-<region>`, `keys-<region>`, `(default)`. */
  databases: z.array(z.enum(["data", "keys", "default"])).default([]),
  /** Where `roles/pubsub.publisher` reaches. */
  publishes: z.array(topicName).default([]),
  /** Where `roles/storage.objectUser` reaches: objects are read, written and deleted. */
  buckets: z.array(z.enum(functionBuckets)).default([]),
  /** Where `roles/storage.objectViewer` reaches. */
  readsBuckets: z.array(z.enum(functionBuckets)).default([]),
  secrets: z.array(z.enum(functionSecrets)).default([]),
};

const httpFunction = z.strictObject({
  ...common,
  trigger: z.literal("http"),
  /** Prefixes that lead here; the longest match wins. */
  paths: z.array(z.string().regex(/^\/v1(\/[a-z-]+)*$/)).min(1),
  /** Whether callers without a Google identity reach it, through the load balancer alone. */
  public: z.boolean(),
  /** Whether visitors call it: the platform's own logs of such requests are kept nowhere. */
  visitors: z.boolean().default(false),
});

const pubsubFunction = z.strictObject({
  ...common,
  trigger: z.literal("pubsub"),
  /** A topic, or `*-dead`: every topic with that ending. */
  topic: z.union([topicName, deadTopics]),
  ackDeadlineSeconds: z.int().min(10).max(600),
  retry,
  /** Where a message goes after its last attempt. Absent only where dead letters themselves arrive. */
  deadLetter: z.strictObject({ topic: topicName, maxDeliveryAttempts: z.int().min(5).max(100) }).optional(),
});

const schedulerFunction = z.strictObject({
  ...common,
  trigger: z.literal("scheduler"),
  /** Five fields of cron. */
  schedule: z.string().regex(/^\S+ \S+ \S+ \S+ \S+$/),
  timeZone: z.string().min(1),
});

const functionSpec = z.discriminatedUnion("trigger", [httpFunction, pubsubFunction, schedulerFunction]);

/** What deploys and calls one function. */
export type FunctionSpec = z.infer<typeof functionSpec>;

/** What goes with `heapMb`: one arena of the C library, since freed buffers otherwise stay in many. As in `modules/functions`. */
export const smallMemory = { MALLOC_ARENA_MAX: "1" } as const;

/** Flags that keep V8's heap to `heapMb`, as `modules/functions` gives them in NODE_OPTIONS; none without one. */
export function heapFlags({ heapMb }: Pick<FunctionSpec, "heapMb">): string[] {
  return heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`, "--max-semi-space-size=2"];
}

type Finding = { name: string; fault: string };

/** Which field says where a role reaches: the two stand together or not at all. */
const reaches = [
  { role: "roles/datastore.user", field: "databases" },
  { role: "roles/pubsub.publisher", field: "publishes" },
  { role: "roles/storage.objectUser", field: "buckets" },
  { role: "roles/storage.objectViewer", field: "readsBuckets" },
] as const;

function faultsOf(name: string, spec: FunctionSpec, topics: ReadonlySet<string>): Finding[] {
  const faults: string[] = [];
  if ((spec.heapMb ?? 0) > spec.memoryMb / 2)
    faults.push("a heap of more than half the memory leaves no room for buffers");
  for (const { role, field } of reaches) {
    if (spec.roles.includes(role) !== spec[field].length > 0) {
      faults.push(`${role} and ${field} must stand together`);
    }
  }
  for (const topic of spec.publishes) if (!topics.has(topic)) faults.push(`publishes to ${topic}, which nobody reads`);
  if (spec.trigger === "pubsub") {
    if (spec.ackDeadlineSeconds < spec.timeoutSeconds) faults.push("a message would come again while it is handled");
    const collectsDead = spec.topic.startsWith("*");
    if (collectsDead === (spec.deadLetter !== undefined))
      faults.push("every topic but the dead ones has a dead letter");
    if (spec.deadLetter?.topic.endsWith("-dead") === false) faults.push("a dead-letter topic ends in -dead");
  }
  return faults.map((fault) => ({ name, fault }));
}

/** The shape of `functions.json`, and what its entries must agree on. */
export const functionsFile = z
  .strictObject({
    runtime: z.string().regex(/^nodejs\d+$/),
    functions: z.record(z.string().regex(/^[a-z][a-z-]{1,26}$/), functionSpec),
  })
  .superRefine((file, context) => {
    const specs = Object.entries(file.functions);
    const topics = specs.flatMap(([, spec]) => (spec.trigger === "pubsub" ? [spec.topic] : []));
    const paths = specs.flatMap(([, spec]) => (spec.trigger === "http" ? spec.paths : []));
    for (const [kind, values] of Object.entries({ topic: topics, path: paths })) {
      const twice = values.find((value, at) => values.indexOf(value) !== at);
      if (twice !== undefined) context.addIssue({ code: "custom", message: `${kind} ${twice} has two functions` });
    }
    for (const { name, fault } of specs.flatMap(([name, spec]) => faultsOf(name, spec, new Set(topics)))) {
      context.addIssue({ code: "custom", path: ["functions", name], message: fault });
    }
  });

export type FunctionsFile = z.infer<typeof functionsFile>;

/**
 * Reads `terraform/functions.json`, the one list of deployed functions.
 *
 * @returns specs by function name, in the order of the file.
 * @throws ZodError naming every field that is missing, malformed or at odds with another.
 */
export function readFunctions(): FunctionsFile["functions"] {
  return functionsFile.parse(JSON.parse(readFileSync(new URL("functions.json", import.meta.url), "utf8"))).functions;
}
