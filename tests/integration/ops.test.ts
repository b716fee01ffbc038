import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { CloudSchedulerClient } from "@google-cloud/scheduler";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { grpc } from "google-gax";
import { createKey } from "../../functions/src/crypto/keyring.ts";
import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { openNewDatabases } from "../../functions/src/inventory/open-databases.ts";
import { exitCodes } from "../../local/ops/command.ts";
import { runOps } from "../../local/ops/ops.ts";
import { operatorDeps } from "../../local/ops/target.ts";
import { createPlatformKeys } from "../../local/platform-keys.ts";
import { backupOf, restoreInto } from "../support/backup.ts";
import { endpoint, randomProject } from "../support/emulators.ts";
import { tenantIdOf } from "../support/test-deps.ts";

const project = randomProject();

/** One call of the command line, with what it said. */
async function ops(args: string, answer?: boolean) {
  const lines: string[] = [];
  const errors: string[] = [];
  const code = await runOps(args.split(" "), {
    out: (line) => lines.push(line),
    error: (line) => errors.push(line),
    ask: async () => answer,
  });
  return { code, out: lines.join("\n"), error: errors.join("\n") };
}

describe("npm run ops", () => {
  it("explains itself, command by command", async () => {
    expect((await ops("--help")).out).toContain("restore");
    for (const command of ["status", "open", "close", "restore", "schedules", "repair", "certificate"]) {
      const { code, out } = await ops(`${command} --help`);
      expect([code, out.includes(`npm run ops -- ${command}`)]).toEqual([exitCodes.done, true]);
    }
    expect((await ops("restore --help")).out).toContain("gcloud firestore databases restore");
  });

  it.each([
    ["teleport", "no command teleport"],
    ["restore --colour green", "--colour"],
    [`restore --project ${project} --region mars`, "--region is one of eu, us"],
    [`restore --project ${project} --region eu --data keys-eu`, "DATA_DATABASE"],
    [`schedules explode retention-sweep --project ${project} --region eu`, 'knows no "explode"'],
    [`schedules pause --project ${project} --region eu`, "Which schedule"],
    [`schedules pause coffee --project ${project} --region eu`, "no schedule coffee"],
    [`close --project ${project} --region eu`, "say --yes"],
    [`certificate --project ${project} --region eu`, "Of which tenant"],
    [`certificate ${tenantIdOf("nobody")} --project ${project} --region eu`, "No account of that id"],
  ])("refuses %s in words, without doing anything", async (args, words) => {
    const { code, error } = await ops(args);
    expect([code, error.includes(words)]).toEqual([exitCodes.refused, true]);
  });
});

describe("npm run ops -- schedules", () => {
  const hits: string[] = [];
  let target: Server;
  let client: CloudSchedulerClient;

  beforeAll(async () => {
    target = createServer((request, response) => {
      hits.push(request.url ?? "");
      response.writeHead(204).end();
    });
    await new Promise<void>((resolve) => {
      target.listen(0, "127.0.0.1", resolve);
    });
    const { port } = target.address() as AddressInfo;
    const [apiEndpoint = "", schedulerPort = ""] = endpoint("SCHEDULER_ENDPOINT").split(":");
    const sslCreds = grpc.credentials.createInsecure();
    client = new CloudSchedulerClient({ projectId: project, apiEndpoint, port: Number(schedulerPort), sslCreds });
    for (const [region, location] of [
      ["eu", "europe-west1"],
      ["us", "us-central1"],
    ]) {
      const parent = client.locationPath(project, location ?? "");
      const httpTarget = { uri: `http://127.0.0.1:${port}/${region}/retention-sweep`, httpMethod: "POST" as const };
      const name = `${parent}/jobs/retention-sweep-${region}`;
      await client.createJob({ parent, job: { name, schedule: "0 3 1 1 *", timeZone: "Etc/UTC", httpTarget } });
    }
  });
  afterAll(async () => {
    for (const [region, location] of [
      ["eu", "europe-west1"],
      ["us", "us-central1"],
    ]) {
      const parent = client.locationPath(project, location ?? "");
      await client.deleteJob({ name: `${parent}/jobs/retention-sweep-${region}` });
    }
    await client.close();
    target.closeAllConnections();
    target.close();
  });

  it("lists what every region has, or one", async () => {
    const { code, out } = await ops(`schedules list --project ${project}`);
    expect(code).toBe(exitCodes.done);
    expect(out).toMatch(/retention-sweep +eu +0 3 1 1 \* Etc\/UTC +enabled +\d{4}-01-01T03:00Z +- +-/);
    expect(out).toMatch(/retention-sweep +us /);
    expect((await ops(`schedules list --project ${project} --region us`)).out).not.toMatch(/sweep +eu/);
  });

  it("pauses after asking, resumes, and runs now", async () => {
    expect((await ops(`schedules pause retention-sweep --project ${project} --region eu`, false)).code).toBe(
      exitCodes.refused,
    );
    expect((await ops(`schedules list --project ${project}`)).out).not.toContain("paused");
    expect((await ops(`schedules pause retention-sweep --project ${project} --region eu --yes`)).code).toBe(0);
    expect((await ops(`schedules list --project ${project} --region eu`)).out).toContain("paused");
    expect((await ops(`schedules resume retention-sweep --project ${project} --region eu`)).out).toContain("resumed");
    expect((await ops(`schedules run retention-sweep --project ${project} --region us`)).code).toBe(0);
    const deadline = Date.now() + 5_000;
    while (hits.length === 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hits).toEqual(["/us/retention-sweep"]);
    expect((await ops(`schedules list --project ${project} --region us`)).out).toMatch(/ok$/m);
  });

  it("says what is not there, and fails", async () => {
    const { code, error } = await ops(`schedules run ledger-sweep --project ${project} --region eu`);
    expect([code, error.includes("ledger-sweep-eu")]).toEqual([exitCodes.failed, true]);
  });
});

describe("npm run ops, on databases", () => {
  const said = { words: [], project, region: "eu", data: undefined, keys: undefined, operator: undefined, yes: true };
  const environment = process.env;
  const depsOn = (data: string) => operatorDeps({ ...said, data }, { project, environment, name: "test" });
  const tenantId = tenantIdOf("bakery");

  beforeAll(async () => {
    await createPlatformKeys(endpoint("KMS_ENDPOINT"), project, "eu", "europe");
  });

  it("opens what is new, closes it, restores a copy of it, and never opens the copy as new", async () => {
    const on = `--project ${project} --region eu --operator olga`;
    expect((await ops(`status ${on}`)).out).toContain("data-eu and keys-eu of project");
    expect((await ops(`open ${on}`)).out).toBe("data-eu and keys-eu are open");
    const old = depsOn("data-eu");
    await openNewDatabases(old.stores, new Date());
    await createTenantKeys(old, tenantId);
    await createKey(old, { collection: "deks", tenantId, subjectId: "alice000000000000000" });
    await old.stores.data.doc(`tenants/${tenantId}`).set({ name: "Bakery" });
    await old.stores.data.doc(`tenants/${tenantId}/subjects/alice000000000000000`).set({ state: "active" });
    const copy = depsOn("data-eu-drill");
    await restoreInto(copy.stores.data, await backupOf(old.stores.data));
    const path = `${tenantId}/alice000000000000000.json`;
    const tombstone = { kind: "purge", tenantId, targets: { scope: "person", subjectId: "alice000000000000000" } };
    await old.buckets.write("tombstones", path, Buffer.from(JSON.stringify(tombstone)), "application/json");

    expect((await ops(`status ${on} --data data-eu-drill`)).out).toContain(": closed");
    const asNew = await ops(`open ${on} --data data-eu-drill`);
    expect([asNew.code, asNew.error.includes("database-closed")]).toEqual([exitCodes.failed, true]);
    expect((await ops(`close ${on}`, true)).out).toContain("are closed");
    const restored = await ops(`restore ${on} --data data-eu-drill --yes`);
    expect([restored.code, restored.error]).toEqual([exitCodes.done, ""]);
    expect(restored.out).toContain("1 tombstones in the bucket");
    expect(restored.out).toMatch(/subjects +1 +0/);
    expect(restored.out).toContain(`restored = { eu = { data = "data-eu-drill" } }`);
    expect((await ops(`status ${on} --data data-eu-drill`)).out).toContain(": open");
    expect((await copy.stores.data.doc(`tenants/${tenantId}/subjects/alice000000000000000`).get()).exists).toBe(false);
    expect((await ops(`restore ${on} --data data-eu-drill --yes`)).out).toContain("open already");
    await Promise.all([old, copy].flatMap(({ stores }) => [stores.data.terminate(), stores.keys.terminate()]));
  });

  it("stays closed, and says why, when the tombstones cannot be read", async () => {
    const other = depsOn("data-eu-lost");
    await other.stores.data
      .doc("platform/opening")
      .set({ data: "data-eu", keys: "keys-eu", state: "open", changedAt: new Date() });
    await other.buckets.write("tombstones", `${tenantId}/broken.json`, Buffer.from("{"), "application/json");
    const { code, error } = await ops(`restore --project ${project} --region eu --data data-eu-lost --yes`);
    expect([code, error]).toEqual([exitCodes.failed, expect.stringContaining("cannot be read")]);
    expect((await ops(`status --project ${project} --region eu --data data-eu-lost`)).out).toContain(": closed");
    await other.buckets.remove("tombstones", `${tenantId}/broken.json`);
    await Promise.all([other.stores.data.terminate(), other.stores.keys.terminate()]);
  });
});
