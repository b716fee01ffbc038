import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import type { Served } from "../support/served.ts";
import { byCookie, type Desk, openDesk, serveAll, welcome } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";

const deps = testDeps();
let api: Served;
let desk: Desk;
let cookie: string;

beforeAll(async () => {
  api = await serveAll(deps);
  desk = await openDesk(deps, api, "bakery");
  cookie = await desk.signIn("olive");
});

afterAll(async () => {
  await api.close();
  await deps.close();
});

async function erase(subjectId: string, key: string, reason = "asked for by mail") {
  const headers = { "idempotency-key": key };
  const reply = await api.call(
    "POST",
    "/v1/erasures",
    byCookie(deps, cookie, { headers, body: { subjectId, reason } }),
  );
  return { status: reply.status, json: reply.json as { jobId?: string; code?: string } };
}

const stateOf = async (subjectId: string) =>
  (await documentRef(deps.stores, "subjects", { tenantId: desk.tenantId, subjectId }).get()).get("state") as string;

it("returns the same request for the same key, and for another key of the same person", async () => {
  const { subjectId } = await welcome(deps, api, desk);
  const first = await erase(subjectId, "erasure-key-1");
  expect(first.status).toBe(202);
  expect(await erase(subjectId, "erasure-key-1")).toEqual(first);
  expect((await erase(subjectId, "erasure-key-2")).json.jobId).toBe(first.json.jobId);
});

it("refuses a key that stood for another person or another reason, and erases nobody by it", async () => {
  const [one, two] = [await welcome(deps, api, desk), await welcome(deps, api, desk)];
  await erase(one.subjectId, "erasure-key-3");
  expect(await erase(two.subjectId, "erasure-key-3")).toMatchObject({ status: 409, json: { code: "key-reused" } });
  expect(await stateOf(two.subjectId)).toBe("active");
  expect((await erase(one.subjectId, "erasure-key-3", "another reason")).json.code).toBe("key-reused");
});

it("keeps the keys of two members apart", async () => {
  const [one, two] = [await welcome(deps, api, desk), await welcome(deps, api, desk)];
  await erase(one.subjectId, "erasure-key-4");
  await desk.hire("petra", "privacy");
  cookie = await desk.signIn("petra");
  expect((await erase(two.subjectId, "erasure-key-4")).status).toBe(202);
});
