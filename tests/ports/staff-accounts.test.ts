import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { firebaseStaffAccounts, type StaffAccounts } from "../../functions/src/ports/staff-accounts.ts";
import { fakeStaffAccounts } from "../fakes/staff-accounts.ts";
import { endpoint } from "../support/emulators.ts";
import { testDeps } from "../support/test-deps.ts";

/** The emulator takes calls with an API key for the project that it was started with, and no other. */
const projectId = "demo-lethe-test";
const host = endpoint("FIREBASE_AUTH_EMULATOR_HOST");
const { config } = testDeps({ projectId, env: { FIREBASE_AUTH_EMULATOR_HOST: host } });
const run = randomBytes(6).toString("hex");
let made = 0;

describe.each<[string, () => StaffAccounts]>([
  ["the fake", fakeStaffAccounts],
  ["Firebase Authentication", () => firebaseStaffAccounts(config)],
])("staff accounts at %s", (_name, open) => {
  let accounts: StaffAccounts;
  let email: string;
  beforeEach(() => {
    accounts = open();
    made += 1;
    email = `ada${made}.${run}@shop.example`;
  });

  afterEach(async () => {
    const uid = await accounts.findByEmail(email);
    if (uid !== undefined) await accounts.remove(uid);
  });

  it("are made once for an address, found by it in whatever case, and checked by password", async () => {
    const uid = await accounts.create(email, "first password");
    expect(await accounts.findByEmail(email.toUpperCase())).toBe(uid);
    expect(await accounts.checkPassword(email, "first password")).toBe(uid);
    await expect(accounts.create(email, "another one")).rejects.toMatchObject({ code: "already-exists" });
    await expect(accounts.checkPassword(email, "First password")).rejects.toMatchObject({ code: "sign-in-refused" });
    await expect(accounts.checkPassword("no address", "x")).rejects.toMatchObject({ code: "sign-in-refused" });
  });

  it("that are not there are found by nobody, and refused in the same way", async () => {
    expect(await accounts.findByEmail(email)).toBeUndefined();
    await expect(accounts.checkPassword(email, "any password")).rejects.toMatchObject({ code: "sign-in-refused" });
  });

  it("take another password", async () => {
    const uid = await accounts.create(email, "first password");
    await accounts.setPassword(uid, "second password");
    expect(await accounts.checkPassword(email, "second password")).toBe(uid);
    await expect(accounts.checkPassword(email, "first password")).rejects.toMatchObject({ code: "sign-in-refused" });
  });

  it("are removed and revoked, twice without an error", async () => {
    const uid = await accounts.create(email, "first password");
    await accounts.revoke(uid);
    await accounts.remove(uid);
    await accounts.remove(uid);
    await accounts.revoke(uid);
    expect(await accounts.findByEmail(email)).toBeUndefined();
  });
});

describe("staff accounts at Firebase Authentication", () => {
  it("say that the service is down, and not that a password is wrong", async () => {
    const down = firebaseStaffAccounts({ ...config, FIREBASE_AUTH_EMULATOR_HOST: "127.0.0.1:9" });
    await expect(down.checkPassword("ada@shop.example", "x")).rejects.toMatchObject({ code: "store-unavailable" });
  });
});
