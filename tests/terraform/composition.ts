import { readFunctions } from "../../terraform/functions.ts";
import type { PlannedResource } from "./events.ts";

/** A sentence about the whole, and what contradicts it. */
export interface Finding {
  name: string;
  faults: string[];
}

const regions = { eu: /^(europe-west[14]|eur3|europe|EU)$/, us: /^(us-central1|nam5|us|US)$/ };
const placeNames = new Set(["location", "location_id", "region", "allowed_persistence_regions"]);

function places(value: unknown, name = ""): string[] {
  if (typeof value === "string") return placeNames.has(name) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => places(entry, name));
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => places(entry, key));
}

function isOfRegion({ address }: PlannedResource, region: string): boolean {
  return address.startsWith(`module.region["${region}"].`);
}

function functionsOf(planned: readonly PlannedResource[], region: string): PlannedResource[] {
  return planned.filter(
    (resource) => resource.type === "google_cloudfunctions2_function" && isOfRegion(resource, region),
  );
}

function environmentOf(resource: PlannedResource): Record<string, unknown> {
  const [service] = resource.values.service_config as { environment_variables: Record<string, unknown> }[];
  return service?.environment_variables ?? {};
}

/** Settings that every function needs to start, as `platform/config.ts` names them. */
function expectedEnvironment(region: string): Record<string, string> {
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

const backupSeconds: Record<string, number> = {};
for (const region of Object.keys(regions)) {
  backupSeconds[`data-${region}`] = 30 * 86400;
  backupSeconds[`keys-${region}`] = 7 * 86400;
}
backupSeconds["(default)"] = 7 * 86400;

/**
 * Checks what no module alone can show: how they are put together. Works on the plan of `two_regions`.
 *
 * @param planned - every resource of the composition.
 */
export function checkComposition(planned: readonly PlannedResource[]): Finding[] {
  const names = Object.keys(readFunctions()).sort();
  const findings: Finding[] = [];
  for (const [region, allowed] of Object.entries(regions)) {
    const ofRegion = planned.filter((resource) => isOfRegion(resource, region));
    const placed = ofRegion.flatMap((resource) =>
      places(resource.values).map((place) => `${resource.address} in ${place}`),
    );
    findings.push({
      name: `everything of region ${region} lies in region ${region}`,
      faults:
        placed.length < 60
          ? [`only ${placed.length} places found`]
          : placed.filter((line) => !allowed.test(line.split(" in ")[1] ?? "")),
    });
    const deployed = functionsOf(planned, region);
    const got = deployed.map(({ values }) => String(values.name)).sort();
    findings.push({
      name: `region ${region} has every function of functions.json`,
      faults: got.join() === names.join() ? [] : [`has ${got.join()}`],
    });
    findings.push({
      name: `functions of region ${region} have the settings that they start with`,
      faults: deployed.flatMap((resource) =>
        Object.entries(expectedEnvironment(region))
          .filter(([name, value]) => environmentOf(resource)[name] !== value)
          .map(([name]) => `${resource.address}: ${name} is ${String(environmentOf(resource)[name])}`),
      ),
    });
  }
  const longest: Record<string, number> = {};
  for (const { values } of planned.filter(({ type }) => type === "google_firestore_backup_schedule")) {
    const database = String(values.database);
    longest[database] = Math.max(longest[database] ?? 0, Number.parseInt(String(values.retention), 10));
  }
  const sorted = (record: Record<string, number>) => JSON.stringify(Object.entries(record).sort());
  findings.push({
    name: "backups of keys live 7 days, of data 30, of memberships 7",
    faults: sorted(longest) === sorted(backupSeconds) ? [] : [`seconds by database: ${sorted(longest)}`],
  });
  const open = planned.filter(({ values }) => ["allUsers", "allAuthenticatedUsers"].includes(String(values.member)));
  findings.push({
    name: "nothing is open to everybody but the functions behind the load balancer",
    faults: open
      .filter(({ address }) => !/\.module\.functions\.google_cloud_run_v2_service_iam_member\.public\[/.test(address))
      .map(({ address }) => address),
  });
  return findings;
}
