import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { issueLiveToken } from "../../functions/src/identity/issue-live-token.ts";
import { staffOf } from "../../functions/src/identity/staff-of.ts";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { firebaseStaffAccounts } from "../../functions/src/ports/staff-accounts.ts";
import { endpoint, randomProject, useRules } from "../support/emulators.ts";
import { rulesClient } from "../support/rules-client.ts";
import { tenantIdOf, testDeps } from "../support/test-deps.ts";

const projectId = randomProject();
const host = endpoint("FIREBASE_AUTH_EMULATOR_HOST");
const base = testDeps({ projectId, env: { FIREBASE_AUTH_EMULATOR_HOST: host } });
const deps = { ...base, staffAccounts: firebaseStaffAccounts(base.config) };
const tenantId = tenantIdOf("bakery");

beforeAll(async () => {
  // Rules compare a token's end with the emulator's own clock.
  base.clock.set(new Date());
  await useRules(projectId);
  await createTenantKeys(deps, tenantId);
  await documentRef(deps.stores, "jobs", { tenantId, jobId: "j1" }).set({ state: "running" });
});
afterAll(() => base.close());

/** What a browser does with a live token: exchanges it for one that Firestore takes. */
async function exchange(token: string): Promise<string> {
  const url = `http://${host}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken?key=local`;
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token, returnSecureToken: true }),
  });
  return ((await answer.json()) as { idToken: string }).idToken;
}

it("a live token opens jobs of its tenant to a browser until it ends, and a password alone opens nothing", async () => {
  const uid = await deps.staffAccounts.create("olive@bakery.example", "password of olive");
  const staff = staffOf({ tenantId, sessionId: "s1", uid, role: "owner" });
  const live = await exchange((await issueLiveToken(deps, staff)).token);
  const browser = rulesClient(projectId, "data-eu", live);
  expect([await browser.get(`tenants/${tenantId}/jobs/j1`), await browser.list(`tenants/${tenantId}/jobs`)]).toEqual([
    200, 200,
  ]);
  expect(await browser.get(`tenants/${tenantIdOf("florist")}/jobs/j1`)).toBe(403);
  expect(await browser.get(`tenants/${tenantId}/members/${uid}`)).toBe(403);

  base.clock.advance(-3601);
  const over = await exchange((await issueLiveToken(deps, staff)).token);
  expect(await rulesClient(projectId, "data-eu", over).get(`tenants/${tenantId}/jobs/j1`)).toBe(403);

  const url = `http://${host}/identitytoolkit.googleapis.com/v1/accounts:signInWithPassword?key=local`;
  const body = JSON.stringify({
    email: "olive@bakery.example",
    password: "password of olive",
    returnSecureToken: true,
  });
  const signedIn = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  const { idToken } = (await signedIn.json()) as { idToken: string };
  expect(await rulesClient(projectId, "data-eu", idToken).get(`tenants/${tenantId}/jobs/j1`)).toBe(403);
});
