import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { appendEntry, auditContext } from "../../functions/src/ledger/append-entry.ts";
import { parseCheckpoint } from "../../functions/src/ledger/checkpoint.ts";
import { parseNote } from "../../functions/src/ledger/note.ts";
import { pruneLog } from "../../functions/src/ledger/prune-log.ts";
import { findLedgerState } from "../../functions/src/ledger/store.ts";
import { takeNudge } from "../../functions/src/ledger/take-nudge.ts";
import { changedBundles, changedTiles, decodeEntryBundle, tilePath } from "../../functions/src/ledger/tile.ts";
import { run as verify } from "../../verify/run.mjs";
import { actionsDuring, leavesOf } from "../support/audit-log.ts";
import { diskSink } from "../support/log-folder.ts";
import { mth } from "../support/rfc6962.ts";
import type { Reply, Served } from "../support/served.ts";
import { byBearer, byCookie, type Desk, openDesk, serveAll } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";

describe("the entries of a log, as its own staff fetch them", () => {
  const deps = testDeps();
  let api: Served;
  let desk: Desk;
  let cookie: string;

  const record = async (count: number) => {
    const audit = await auditContext(deps, desk.tenantId);
    for (let done = 0; done < count; done += 100)
      await deps.stores.data.runTransaction(async (tx) => {
        await Promise.resolve();
        for (let entry = done; entry < Math.min(count, done + 100); entry += 1)
          appendEntry(tx, audit, { action: "settings-changed", actor: desk.owner.actor, outcome: "success" });
      });
  };
  const fetchBundle = (path: string) => api.call("GET", `/v1/audit/log/tile/entries/${path}`, byCookie(deps, cookie));
  const fetchPublic = async (path: string) => {
    const reply = await api.call("GET", `/v1/logs/${desk.tenantId}/${path}`);
    expect(reply.status).toBe(200);
    return reply;
  };
  const expectProblem = ({ status, headers, json }: Reply, code: string) => {
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(json).toMatchObject({ status, code });
  };

  beforeAll(async () => {
    api = await serveAll(deps);
    desk = await openDesk(deps, api, "readers");
    cookie = await desk.signIn("olive");
    await record(300);
    await takeNudge(deps, desk.tenantId, "one");
  });
  afterAll(async () => {
    await api.close();
    await deps.close();
  });

  it("hash up to the checkpoint's root, and make the folder that verify takes, while each look adds an entry", async () => {
    const checkpoint = (await fetchPublic("checkpoint")).text;
    const { size, root } = parseCheckpoint(parseNote(checkpoint).text);
    const folder = await mkdtemp(join(tmpdir(), "lethe-entries-"));
    const sink = diskSink(folder);
    await writeFile(join(folder, "checkpoint"), checkpoint);
    const leaves: Uint8Array[] = [];
    for (const bundle of changedBundles(0, size)) {
      const reply = await fetchBundle(tilePath(bundle).replace("tile/entries/", ""));
      expect([reply.status, reply.headers.get("content-type")]).toEqual([200, "application/octet-stream"]);
      leaves.push(...decodeEntryBundle(reply.bytes, bundle.width));
      await sink.write(tilePath(bundle), reply.bytes);
      await takeNudge(deps, desk.tenantId, "one");
    }
    for (const tile of changedTiles(0, size))
      await sink.write(tilePath(tile), (await fetchPublic(tilePath(tile))).bytes);
    expect(leaves).toHaveLength(size);
    expect(mth(leaves)).toEqual(Buffer.from(root));
    const { keys } = (await fetchPublic("keys")).json as { keys: { verifierKey: string }[] };
    expect(await verify([folder, "--key", keys[0]?.verifierKey ?? ""])).toMatchObject({ exitCode: 0 });
  });

  it("leave an entry that says which of them were read", async () => {
    expect(await actionsDuring(deps, desk.tenantId, () => fetchBundle("000"))).toEqual(["audit-read"]);
    const reads = (await leavesOf(deps, desk.tenantId)).filter(({ action }) => action === "audit-read");
    expect(reads.at(-1)?.metadata).toEqual({ bundle: 0, count: 256 });
  });

  it("are shown up to the published size, not to the one that the sequencer has reached", async () => {
    await record(3);
    deps.buckets.failNext("before");
    await expect(takeNudge(deps, desk.tenantId, "one")).rejects.toMatchObject({ code: "store-unavailable" });
    const state = await findLedgerState(deps.stores, desk.tenantId);
    const [reached, published] = [(state?.size ?? 0) - 256, (state?.published.size ?? 0) - 256];
    expect(reached).toBeGreaterThan(published);
    expect((await fetchBundle(`001.p/${published}`)).status).toBe(200);
    for (const path of [`001.p/${published + 1}`, `001.p/${reached}`, "001", "002.p/1", "x001/000"]) {
      const reply = await fetchBundle(path);
      expect([path, reply.status]).toEqual([path, 404]);
      expectProblem(reply, "not-found");
    }
    await takeNudge(deps, desk.tenantId, "one");
    expect((await fetchBundle(`001.p/${reached}`)).status).toBe(200);
  });

  it.each([
    ["", 400],
    ["0", 400],
    ["0000", 400],
    ["000/", 400],
    ["000.p", 400],
    ["000.p/0", 400],
    ["000.p/07", 400],
    ["000.p/256", 400],
    ["000.p/-1", 400],
    ["x000/000", 400],
    ["x001", 400],
    ["x001/x234/067/", 400],
    ["x001/x001/x001/x001/x001/000", 400],
    ["..", 400],
    ["../../checkpoint", 400],
    ["000/../000", 400],
    ["%2e%2e/000", 400],
    ["..%2f0%2f000", 400],
    ["000%00", 400],
    ["000%0a", 400],
    ["000?width=1", 400],
    ["%D9%A0%D9%A0%D9%A0", 400],
  ])("are not asked for by %j: a problem document, and nothing in the trail", async (path, status) => {
    const left = await actionsDuring(deps, desk.tenantId, async () => {
      const reply = await fetchBundle(path);
      expect(reply.status).toBe(status);
      expectProblem(reply, "input-invalid");
    });
    expect(left).toEqual([]);
  });

  it("are nobody else's: neither another business's, nor those of staff who may not read the trail", async () => {
    const other = await openDesk(deps, api, "others");
    const theirs = await api.call("GET", "/v1/audit/log/tile/entries/000", byCookie(deps, await other.signIn("olive")));
    expectProblem(theirs, "not-found");
    await desk.hire("susan", "support");
    cookie = await desk.signIn("susan");
    expectProblem(await fetchBundle("000"), "forbidden");
    cookie = await desk.signIn("olive");
    const key = byBearer(await desk.key(["audit:read"]));
    expect((await api.call("GET", "/v1/audit/log/tile/entries/000", key)).status).toBe(200);
    expectProblem(await api.call("GET", `/v1/logs/${desk.tenantId}/tile/entries/000`), "not-found");
  });

  it("are gone once they are pruned; those after them stay", async () => {
    const cutoff = new Date(deps.clock.now().getTime() + 1_000);
    expect(await pruneLog(deps, desk.tenantId, cutoff, 365)).toMatchObject({ entries: 256 });
    expectProblem(await fetchBundle("000"), "not-found");
    expectProblem(await fetchBundle("000.p/5"), "not-found");
    expect((await fetchBundle("001.p/1")).status).toBe(200);
  });
});
