import { z } from "zod";
import type { Entry } from "../../functions/src/inventory/entry.ts";
import { inventory } from "../../functions/src/inventory/inventory.ts";
import { parseConfig, settingNames } from "../../functions/src/platform/config.ts";
import { readFunctions } from "../../terraform/functions.ts";
import type { PlannedResource } from "./events.ts";

/** A sentence about the whole, and what contradicts it. */
export interface Finding {
  name: string;
  faults: string[];
}

type Plan = readonly PlannedResource[];

/** The regions of `lethe.tftest.hcl`, and how a place of each is called. */
const regions = { eu: /^(europe-west[14]|eur3|europe|EU)$/, us: /^(us-central1|nam5|us|US)$/ };
/** NODE_ENV is for the functions framework, which shows messages of crashes without it; NODE_OPTIONS and MALLOC_ARENA_MAX for Node and its C library. */
const readSettings = new Set([...settingNames, "NODE_ENV", "NODE_OPTIONS", "MALLOC_ARENA_MAX"]);
const placeNames = new Set(["location", "location_id", "region", "allowed_persistence_regions"]);
const serviceConfig = z.tuple([
  z.looseObject({
    environment_variables: z.record(z.string(), z.string()),
    secret_environment_variables: z.array(z.looseObject({ key: z.string() })),
  }),
]);
const anyKey = Buffer.alloc(32).toString("base64");

const ofRegion = (plan: Plan, region: string) =>
  plan.filter(({ address }) => address.startsWith(`module.region["${region}"].`));
const ofType = (plan: Plan, type: string) => plan.filter((resource) => resource.type === type);

function places(value: unknown, name = ""): string[] {
  if (typeof value === "string") return placeNames.has(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => places(entry, name));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => places(entry, key));
}

function residencyFaults(plan: Plan, allowed: RegExp): string[] {
  const placed = plan.flatMap(({ address, values }) => places(values).map((place) => ({ address, place })));
  if (placed.length < 60) return [`only ${placed.length} places found`];
  return placed.filter(({ place }) => !allowed.test(place)).map(({ address, place }) => `${address} is in ${place}`);
}

/** Settings that differ by region. */
function expectedSettings(region: string): Record<string, string> {
  return {
    LETHE_ENV: "production",
    NODE_ENV: "production",
    GOOGLE_CLOUD_PROJECT: "p",
    REGION: region,
    LOCATION: region === "eu" ? "europe-west4" : "us-central1",
    KMS_LOCATION: region === "eu" ? "europe" : "us",
    APP_ORIGIN: "https://app.lethe.example",
    API_ORIGIN: `https://${region}.api.lethe.example`,
  };
}

/** What the function itself says of its settings when it starts. */
function startFaults(settings: Record<string, string>): string[] {
  try {
    parseConfig(settings);
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}

function settingsFaults(plan: Plan, region: string): string[] {
  return ofType(plan, "google_cloudfunctions2_function").flatMap(({ address, values }) => {
    const [service] = serviceConfig.parse(values.service_config);
    const settings = service.environment_variables;
    const secrets = Object.fromEntries(service.secret_environment_variables.map(({ key }) => [key, anyKey]));
    const wrong = Object.entries(expectedSettings(region)).filter(([name, value]) => settings[name] !== value);
    const unread = Object.keys({ ...settings, ...secrets }).filter((name) => !readSettings.has(name));
    return [
      ...wrong.map(([name]) => `${name} is ${settings[name] ?? "absent"}`),
      ...unread.map((name) => `${name} is read by nobody`),
      ...startFaults({ ...settings, ...secrets }),
    ].map((fault) => `${address}: ${fault}`);
  });
}

/** What one list has and the other lacks. */
function differences(what: string, inventoried: readonly string[], deployed: readonly string[]): string[] {
  const missing = inventoried.filter((one) => !deployed.includes(one));
  const extra = deployed.filter((one) => !inventoried.includes(one));
  return [
    ...missing.map((one) => `${what} ${one} is in the inventory and not deployed`),
    ...extra.map((one) => `${what} ${one} is deployed and not in the inventory`),
  ];
}

/** For how many days a backup of each database lives: the longest of its schedules. */
function backupDays(plan: Plan): Map<string, number> {
  const longest = new Map<string, number>();
  for (const { values } of ofType(plan, "google_firestore_backup_schedule")) {
    const database = String(values.database);
    const days = Number.parseInt(String(values.retention), 10) / 86400;
    longest.set(database, Math.max(longest.get(database) ?? 0, days));
  }
  return longest;
}

/** For how many days each dead-letter subscription keeps its messages. */
function deadLetterDays(plan: Plan): number[] {
  return ofType(plan, "google_pubsub_subscription")
    .filter(({ values }) => String(values.topic).includes("-dead-"))
    .map(({ values }) => Number.parseInt(String(values.message_retention_duration), 10) / 86400);
}

function inventoryFaults(plan: Plan, region: string): string[] {
  const entries: readonly Entry[] = Object.values(inventory);
  const { dataBackups, keyBackups, functionLogs, deadLetters } = inventory;
  const topics = ofType(plan, "google_pubsub_topic").map(({ values }) => String(values.name));
  const buckets = ofType(plan, "google_storage_bucket").map(({ values }) => String(values.name));
  const logs = ofType(plan, "google_logging_project_bucket_config").map(({ values }) => values);
  return [
    ...differences(
      "topic",
      entries.flatMap((entry) => (entry.kind === "topic" ? [`${entry.topic}-${region}`] : [])),
      topics.filter((name) => !name.endsWith(`-dead-${region}`)),
    ),
    ...differences(
      "bucket",
      [...new Set(entries.flatMap((entry) => (entry.kind === "bucket" ? [`p-${region}-${entry.bucket}`] : [])))],
      buckets,
    ),
    ...differences(
      "queue of dead letters",
      [`kept for ${deadLetters.windowDays} days`],
      [...new Set(deadLetterDays(plan))].map((days) => `kept for ${days} days`),
    ),
    ...differences(
      "backup",
      [`data-${region} for ${dataBackups.windowDays} days`, `keys-${region} for ${keyBackups.windowDays} days`],
      [...backupDays(plan)].map(([database, days]) => `${database} for ${days} days`),
    ),
    ...differences(
      "log bucket",
      [`${functionLogs.where.split(" ").at(-1) ?? ""} for ${functionLogs.windowDays} days`],
      logs.map((bucket) => `${String(bucket.bucket_id)} for ${String(bucket.retention_days)} days`),
    ),
  ];
}

function checkRegion(plan: Plan, region: string, allowed: RegExp): Finding[] {
  const expected = Object.keys(readFunctions()).sort().join();
  const deployed = ofType(plan, "google_cloudfunctions2_function").map(({ values }) => String(values.name));
  const found = deployed.sort().join();
  return [
    { name: `everything of region ${region} lies in region ${region}`, faults: residencyFaults(plan, allowed) },
    {
      name: `region ${region} has every function of functions.json`,
      faults: found === expected ? [] : [`has ${found}`],
    },
    {
      name: `functions of region ${region} have the settings that they start with`,
      faults: settingsFaults(plan, region),
    },
    {
      name: `region ${region} keeps what the inventory says, as long as it says`,
      faults: inventoryFaults(plan, region),
    },
  ];
}

/**
 * Checks what no module alone can show: how they are put together. Works on the plan of `two_regions`.
 *
 * @param plan - every resource of the composition.
 */
export function checkComposition(plan: Plan): Finding[] {
  const open = plan.filter(({ values }) => ["allUsers", "allAuthenticatedUsers"].includes(String(values.member)));
  const byDesign = /\.module\.functions\.google_cloud_run_v2_service_iam_member\.public\[/;
  const directoryDays = backupDays(plan).get("(default)") ?? 0;
  return [
    ...Object.entries(regions).flatMap(([region, allowed]) => checkRegion(ofRegion(plan, region), region, allowed)),
    {
      name: "memberships, which can be derived again, are backed up for 7 days",
      faults: directoryDays === 7 ? [] : [`for ${directoryDays} days`],
    },
    {
      name: "nothing is open to everybody but the functions behind the load balancer",
      faults: open.filter(({ address }) => !byDesign.test(address)).map(({ address }) => address),
    },
  ];
}
