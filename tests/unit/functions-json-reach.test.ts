import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { jobTopics } from "../../functions/src/jobs/job.ts";
import { type FunctionSpec, readFunctions } from "../../terraform/functions.ts";

const source = resolve("functions/src");
const valueImport = /^(?:import|export)\s+(?!type\b)(?:[^"';]*?from\s+)?"(\.[^"]+\.ts)"/gm;
// deps.ts opens everything on first use; serve.ts is shared, and records refusals where a route has callers to refuse.
const notFollowed = new Set([join(source, "platform/deps.ts"), join(source, "routes/serve.ts")]);
/** The steps of a kind of job: run by the entry point that imports them, named by whoever else does. */
const isJobDefinition = (file: string) => file.endsWith("-job.ts") && !file.includes("/jobs/");

/** The files that an entry point's code is in: what it imports for more than its types, and so on. */
function reachable(file: string, seen = new Map<string, string>()): Map<string, string> {
  if (seen.has(file) || notFollowed.has(file) || !existsSync(file)) return seen;
  const text = readFileSync(file, "utf8");
  seen.set(file, text);
  for (const [, path] of text.matchAll(valueImport)) {
    const imported = resolve(dirname(file), path ?? "");
    if (!isJobDefinition(imported) || file.includes("/entrypoints/")) reachable(imported, seen);
  }
  return seen;
}

interface Reach {
  files: string[];
  text: string;
}

const functions = readFunctions();
const names = readdirSync(join(source, "entrypoints")).map((file) => file.replace(/\.ts$/, ""));
const cases = names.flatMap((name): [string, Reach, FunctionSpec][] => {
  const spec = functions[name];
  const files = reachable(join(source, "entrypoints", `${name}.ts`));
  return spec === undefined ? [] : [[name, { files: [...files.keys()], text: [...files.values()].join("\n") }, spec]];
});
const all = (text: string, pattern: RegExp) => [
  ...new Set([...text.matchAll(pattern)].flatMap(([, found]) => found ?? [])),
];

/** Roles that code needs when it says so somewhere; which of several ways it goes is not looked at. */
const needs: [string, (reach: Reach) => boolean, (spec: FunctionSpec) => boolean][] = [
  [
    "opens tenants' keys",
    ({ files }) => files.some((file) => /crypto\/(keyring|tenant-keys)\.ts$/.test(file)),
    ({ roles, databases }) =>
      databases.includes("keys") && roles.includes("roles/cloudkms.cryptoKeyEncrypterDecrypter"),
  ],
  ["calls the model", ({ text }) => /deps\.model\b/.test(text), ({ roles }) => roles.includes("roles/aiplatform.user")],
  ["sends mail", ({ text }) => /deps\.mail\b/.test(text), ({ secrets }) => secrets.includes("POSTMARK_TOKEN")],
  [
    "has addresses forgotten",
    ({ text }) => /mail\.requestRemoval\(/.test(text),
    ({ secrets }) => secrets.includes("POSTMARK_ACCOUNT_TOKEN"),
  ],
  [
    "changes accounts of staff",
    ({ text }) => /deps\.staffAccounts\b/.test(text),
    ({ roles }) => roles.includes("roles/firebaseauth.admin"),
  ],
  [
    "signs links",
    ({ text }) => /buckets\s*\.link\(/.test(text),
    ({ roles }) => roles.includes("roles/iam.serviceAccountTokenCreator"),
  ],
  [
    "signs",
    ({ text }) => /\bsignEnvelope\(|kms\s*\.sign\(/.test(text),
    ({ roles }) => roles.includes("roles/cloudkms.signerVerifier"),
  ],
  [
    "publishes jobs",
    ({ text }) => /\bpublish(Job|Shard)\(/.test(text),
    ({ publishes }) => publishes.some((topic) => Object.values<string>(jobTopics).includes(topic)),
  ],
  [
    // What serve.ts and the engine of jobs do after each call and step; a sweep does it itself.
    "appends audit entries",
    ({ text }) => /\bappendEntry\(tx/.test(text),
    ({ publishes }) => publishes.includes("ledger-nudges"),
  ],
  [
    "rotates keys",
    ({ text }) => /kms\s*\.(primaryVersion|listVersions|destroyVersion)\(/.test(text),
    ({ roles }) => roles.includes("lethe.keyRotator"),
  ],
];

describe("functions.json grants what code needs", () => {
  it("finds entry points and what they import", () => {
    expect(cases.length).toBeGreaterThan(0);
    for (const [, reach] of cases) expect(reach.files.length).toBeGreaterThan(5);
  });

  describe.each(needs)("to a function that %s", (_what, isNeeded, isGranted) => {
    it("all of them", () => {
      const lacking = cases.filter(([, reach, spec]) => isNeeded(reach) && !isGranted(spec)).map(([name]) => name);
      expect(lacking).toEqual([]);
    });
  });

  it("has every sweep that appends audit entries nudge their sequencers", () => {
    const silent = cases.filter(([, { text }, { trigger }]) => {
      return (
        trigger === "scheduler" && /\bappendEntry\(tx/.test(text) && !/finally\(\(\) => nudgeSequencers\(/.test(text)
      );
    });
    expect(silent.map(([name]) => name)).toEqual([]);
  });

  it.each(cases)("%s: the topics that its code names", (_name, { text }, { publishes }) => {
    const named = all(text, /publisher\s*\.publish\(\s*"([a-z-]+)"/g);
    expect(publishes).toEqual(expect.arrayContaining(named));
  });

  it.each(cases)("%s: the buckets that its code names", (_name, { text }, { buckets, readsBuckets }) => {
    const named = all(text, /buckets\s*\.\w+\(\s*"([a-z]+)"/g);
    expect([...buckets, ...readsBuckets]).toEqual(expect.arrayContaining(named));
  });

  it.each(cases)("%s: the directory of memberships, if its code opens it", (_name, { files, text }, { databases }) => {
    const own = files.filter((file) => !file.includes("/inventory/"));
    const opens = own.some((file) => /"memberships"/.test(readFileSync(file, "utf8"))) && text !== "";
    expect(opens ? databases : ["default"]).toContain("default");
  });
});
