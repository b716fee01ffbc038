/**
 * Makes what a deployment takes, in `dist/`:
 *
 *   npm run bundle -- --project PROJECT --domain DOMAIN --site SITE --api-key KEY [--regions eu,us]
 *
 * `functions/<name>.zip` for Terraform; `firebase.json` with rules, indexes and static files for `firebase deploy`.
 */
import { copyFileSync, createWriteStream, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import { makeZip } from "client-zip";
import { z } from "zod";
import { readFunctions } from "../terraform/functions.ts";
import { buildAll, functionsFolder, siteFolder } from "./build.ts";
import { consolePolicy } from "./console-policy.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

const said = (what: string, shape: RegExp) => z.string({ error: `expected ${what}` }).regex(shape, `expected ${what}`);
const values = z.strictObject({
  project: said("the id of a Google Cloud project", /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/),
  domain: said("a domain, such as lethe.example", /^([a-z0-9-]+\.)+[a-z]{2,}$/),
  site: said("the Hosting site of your Terraform values", /^[a-z0-9-]{3,30}$/),
  "api-key": said("the browser key of your Firebase project", /^\S+$/),
  regions: said("regions with commas between them", /^[a-z]{2,8}(,[a-z]{2,8})*$/).default("eu,us"),
});

/** What a deployment is called and where it is. */
export type Deployment = { project: string; domain: string; site: string; apiKey: string; regions: readonly string[] };

/** Where the browser signs staff in and listens to jobs, besides the API. */
const google = [
  "https://identitytoolkit.googleapis.com",
  "https://securetoken.googleapis.com",
  "https://firestore.googleapis.com",
];

function apiOrigins({ domain, regions }: Deployment): Record<string, string> {
  return Object.fromEntries(regions.map((region) => [region, `https://${region}.api.${domain}`]));
}

/** What the console asks its own origin for. @see hosting/console/src/api/config.ts */
export function consoleConfigOf(deployment: Deployment): object {
  return {
    api: apiOrigins(deployment),
    firebase: { projectId: deployment.project, apiKey: deployment.apiKey },
  };
}

const firebaseShape = z.looseObject({
  firestore: z.array(z.looseObject({ database: z.string() })),
  hosting: z.looseObject({
    headers: z.array(z.looseObject({ source: z.string(), headers: z.array(z.unknown()) })),
  }),
});

/** `firebase.json` of a deployment: the repository's, with its site, its databases, and the policy that names its origins. */
export function firebaseJsonOf(deployment: Deployment, text: string): object {
  const { firestore, hosting, ...rest } = firebaseShape.parse(JSON.parse(text));
  const policy = consolePolicy([...Object.values(apiOrigins(deployment)), ...google]);
  const isDeployed = (database: string) =>
    database === "(default)" ||
    deployment.regions.some((region) => new RegExp(`-${region}(-[a-z0-9]+)?$`).test(database));
  return {
    ...rest,
    firestore: firestore.filter(({ database }) => isDeployed(database)),
    hosting: {
      ...hosting,
      site: deployment.site,
      public: "hosting",
      headers: [
        ...hosting.headers,
        { source: "!/widget/**", headers: [{ key: "Content-Security-Policy", value: policy }] },
      ],
    },
  };
}

/** The same bytes for the same bundle, so that Terraform sees no change where there is none. */
async function zipFunction(name: string): Promise<void> {
  const folder = join(functionsFolder, name);
  const files = readdirSync(folder).sort();
  const entries = files.map((file) => ({
    name: file,
    input: readFileSync(join(folder, file)),
    lastModified: new Date("2000-01-01T00:00:00Z"),
  }));
  await pipeline(makeZip(entries), createWriteStream(join(functionsFolder, `${name}.zip`)));
}

async function bundle(deployment: Deployment): Promise<void> {
  await buildAll();
  const names = Object.keys(readFunctions());
  const absent = names.filter((name) => !existsSync(join(functionsFolder, name, "index.js")));
  if (absent.length > 0) throw new Error(`no bundle of ${absent.join(", ")}`);
  for (const name of names) await zipFunction(name);
  writeFileSync(join(siteFolder, "config.json"), JSON.stringify(consoleConfigOf(deployment)));
  for (const file of ["firestore.rules", "firestore.indexes.json"]) copyFileSync(join(root, file), join(dist, file));
  const json = firebaseJsonOf(deployment, readFileSync(join(root, "firebase.json"), "utf8"));
  writeFileSync(join(dist, "firebase.json"), `${JSON.stringify(json, null, 2)}\n`);
  console.log(`dist/functions has ${names.length} bundles for Terraform; dist/firebase.json is for firebase deploy`);
}

const text = { type: "string" } as const;
const options = { project: text, domain: text, site: text, "api-key": text, regions: text };

async function main(): Promise<void> {
  const parsed = values.safeParse(parseArgs({ options, strict: false }).values);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues)
      console.error(path.length === 0 ? message : `--${path.join(".")}: ${message}`);
    process.exitCode = 2;
    return;
  }
  const { project, domain, site, regions, "api-key": apiKey } = parsed.data;
  await bundle({ project, domain, site, apiKey, regions: regions.split(",") });
}

if (import.meta.main) await main();
