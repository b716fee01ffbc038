import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { userInfo } from "node:os";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { buildDeps, type Deps } from "../../functions/src/platform/deps.ts";
import { places } from "../places.ts";
import { type Region, regions } from "../ports.ts";
import { readyFile } from "../ready-file.ts";
import { Refusal, type Said } from "./command.ts";

/** The cloud that a command acts on. */
export interface Target {
  project: string;
  /** Settings that name emulators; none for Google's own services. */
  environment: Readonly<Record<string, string | undefined>>;
  /** How it is called in what the command prints. */
  name: string;
}

/**
 * The project that `--project` names, at Google unless the environment names emulators; without it, the local cloud that
 * runs from this clone.
 *
 * @throws Refusal when there is neither.
 */
export function targetOf(said: Said): Target {
  if (said.project !== undefined) {
    const isLocal = process.env.FIRESTORE_EMULATOR_HOST !== undefined;
    const name = isLocal ? `project ${said.project} on emulators` : `project ${said.project}`;
    return { project: said.project, environment: process.env, name };
  }
  if (!existsSync(readyFile))
    throw new Refusal("No local cloud runs here. Start one (npm start), or name a --project.");
  const report = JSON.parse(readFileSync(readyFile, "utf8")) as {
    project: string;
    portBase: number;
    environment: Record<string, string>;
  };
  // Google's clients would look for credentials that nothing here asks for.
  process.env.METADATA_SERVER_DETECTION ??= "none";
  return { project: report.project, environment: report.environment, name: `the local cloud at ${report.portBase}` };
}

/** The one region that a command is about. @throws Refusal when none, or an unknown one, was named. */
export function regionOf(said: Said): Region {
  const region = regions.find((name) => name === said.region);
  if (region === undefined) throw new Refusal(`--region is one of ${regions.join(", ")}`);
  return region;
}

/** Who acts, as tenants read it in their audit trail: `--operator`, or this machine's user. @throws Refusal for no plain name. */
export function operatorOf(said: Said): { kind: "operator"; id: string } {
  const id = said.operator ?? userInfo().username;
  if (!/^[a-z0-9][a-z0-9._-]{0,59}$/.test(id))
    throw new Refusal("--operator is a name of small letters, digits, . _ -");
  return { kind: "operator", id };
}

const endpoints = [
  "FIRESTORE_EMULATOR_HOST",
  "PUBSUB_EMULATOR_HOST",
  "FIREBASE_AUTH_EMULATOR_HOST",
  "STORAGE_EMULATOR_HOST",
  "KMS_ENDPOINT",
  "SCHEDULER_ENDPOINT",
] as const;

/**
 * The clients with which an operator acts on a region. They hold no secret of the platform: an operator's act opens no
 * session and reads no content.
 *
 * @throws Refusal for names of databases that are none.
 */
export function operatorDeps(said: Said, target: Target): Deps {
  const region = regionOf(said);
  const isLocal = target.environment.FIRESTORE_EMULATOR_HOST !== undefined;
  // The client libraries look for their emulators in this process's own environment.
  if (isLocal) for (const name of endpoints) process.env[name] ??= target.environment[name] ?? "";
  try {
    return buildDeps(
      parseConfig({
        LETHE_ENV: isLocal ? "local" : "production",
        GOOGLE_CLOUD_PROJECT: target.project,
        REGION: region,
        LOCATION: places[region].location,
        KMS_LOCATION: places[region].keys,
        ...(said.data === undefined ? {} : { DATA_DATABASE: said.data }),
        ...(said.keys === undefined ? {} : { KEYS_DATABASE: said.keys }),
        APP_ORIGIN: "https://nobody.invalid",
        API_ORIGIN: "https://nobody.invalid",
        SESSION_SEALING_KEY: randomBytes(32).toString("base64"),
        ...Object.fromEntries(isLocal ? endpoints.map((name) => [name, target.environment[name]]) : []),
      }),
    );
  } catch (error) {
    throw new Refusal(error instanceof Error ? error.message : String(error));
  }
}
