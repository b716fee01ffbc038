import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { addMember } from "../../functions/src/identity/add-member.ts";
import { changeMemberRole } from "../../functions/src/identity/change-member-role.ts";
import { createApiKey } from "../../functions/src/identity/create-api-key.ts";
import { removeMember } from "../../functions/src/identity/remove-member.ts";
import { repairDirectory, repairMemberships } from "../../functions/src/identity/repair-memberships.ts";
import { sweepMembers } from "../../functions/src/identity/sweep-members.ts";
import { documentRef } from "../../functions/src/inventory/collections.ts";
import { freshTenantId, openAccount } from "../../functions/src/tenants/open-account.ts";
import { actionsDuring, leavesOf } from "../support/audit-log.ts";
import { undeclaredCollections } from "../support/check-declared.ts";
import type { Served } from "../support/served.ts";
import { byBearer, byCookie, cookieOf, type Desk, openDesk, serveAll } from "../support/staff-desk.ts";
import { tenantIdOf, testDeps } from "../support/test-deps.ts";

const deps = testDeps();
let api: Served;
let desk: Desk;

beforeAll(async () => {
  api = await serveAll(deps);
  desk = await openDesk(deps, api, "bakery");
});
afterAll(async () => {
  const undeclared = await undeclaredCollections(deps.stores);
  await api.close();
  await deps.close();
  expect(undeclared).toEqual([]);
});

let attempts = 0;
/** Tries a password from an address of its own. */
function trySignIn(email: string, password: string, address?: string) {
  attempts += 1;
  const headers = { "x-forwarded-for": `${address ?? `client-${attempts}`}, 10.0.0.1` };
  return api.call("POST", "/v1/auth/sign-in", { body: { email, password }, headers });
}

const me = (cookie: string) => api.call("GET", "/v1/auth/me", byCookie(deps, cookie));

describe("an account", () => {
  it("is opened with keys, owner, agent, notice and channel, all in the trail, and its owner can sign in", async () => {
    expect((await leavesOf(deps, desk.tenantId)).map(({ action }) => action).sort()).toEqual([
      "agent-created",
      "channel-created",
      "member-added",
      "notice-published",
      "tenant-created",
    ]);
    expect(desk.account.channelKey).toMatch(/^lethe_eu_channel_bakery0000000000_[a-z0-9]{20}_[a-f0-9]{16}$/);
    expect((await me(await desk.signIn("olive"))).json).toMatchObject({ role: "owner", tenantName: "bakery & Co" });
  });

  it("is opened once, however often the call is repeated, and goes on where a call died", async () => {
    const fresh = {
      tenantId: freshTenantId(deps),
      name: "Half",
      website: "https://half.example",
      privacyContact: { name: "H", email: "h@half.example" },
      owner: { email: "hal@half.example", password: "password of hal", name: "Hal" },
      agent: { name: "A", greeting: "Hi.", instructions: "Be brief.", handoffText: "Later." },
      channel: { name: "Website", origins: [], accentColor: "#000000" },
      notice: { text: "An AI answers.", purposes: [] },
    };
    // Dies after keys and account: the provider of accounts is the last thing that worked.
    const dying = { ...deps, stores: { ...deps.stores, region: "eu", keys: deps.stores.keys } } as typeof deps;
    Object.defineProperty(dying.stores, "data", {
      get() {
        throw new Error("died");
      },
    });
    await expect(openAccount(dying, fresh)).rejects.toThrow("died");
    const first = await openAccount(deps, fresh);
    expect(await openAccount(deps, fresh)).toEqual(first);
    const kinds = await leavesOf(deps, fresh.tenantId);
    expect(kinds.filter(({ action }) => action === "tenant-created")).toHaveLength(1);
    expect(cookieOf(await trySignIn("hal@half.example", "password of hal"))).toMatch(/^__Host-session=/);
    const other = { ...fresh, owner: { ...fresh.owner, email: "eve@half.example" } };
    await expect(openAccount(deps, other)).rejects.toMatchObject({ code: "already-exists" });
  });
});

describe("signing in", () => {
  it("sets a cookie that scripts and other sites cannot use, and that does not show the session", async () => {
    const reply = await trySignIn("olive@bakery.example", "password of olive");
    expect(reply.headers.get("set-cookie")).toMatch(
      /^__Host-session=[\w-]+; Path=\/; Max-Age=43200; HttpOnly; Secure; SameSite=Strict$/,
    );
    expect(reply.json).toMatchObject({ sessionExpiresAt: "2025-01-16T00:00:00.000Z", email: "olive@bakery.example" });
    const payload = Buffer.from(cookieOf(reply).split("=")[1] ?? "", "base64url").toString("latin1");
    expect(payload).not.toContain("tenant");
  });

  it("refuses a wrong password and an unknown address in the same words", async () => {
    const wrong = await trySignIn("olive@bakery.example", "wrong");
    const unknown = await trySignIn("nobody@bakery.example", "wrong");
    expect([wrong.status, unknown.status]).toEqual([401, 401]);
    const { trace: _one, ...said } = wrong.json as Record<string, unknown>;
    const { trace: _other, ...saidToo } = unknown.json as Record<string, unknown>;
    expect(said).toEqual(saidToo);
    expect(said).toMatchObject({ code: "sign-in-refused" });
  });

  it("takes about as long to refuse either", async () => {
    const timeOf = async (email: string) => {
      const started = performance.now();
      await trySignIn(email, "wrong");
      return performance.now() - started;
    };
    expect(await timeOf("nobody2@bakery.example")).toBeGreaterThanOrEqual(295);
    expect(await timeOf("olive@bakery.example")).toBeGreaterThanOrEqual(295);
  });

  it("leaves successes and failures in the trail, never the password", async () => {
    const acted = await actionsDuring(deps, desk.tenantId, async () => {
      await trySignIn("olive@bakery.example", "a very wrong secret");
      await trySignIn("olive@bakery.example", "password of olive");
    });
    expect(acted).toEqual(["sign-in-failed", "signed-in"]);
    expect(JSON.stringify(await leavesOf(deps, desk.tenantId))).not.toContain("wrong secret");
  });

  it("sends whoever has the password to the right region, and nobody else", async () => {
    const uid = await deps.staffAccounts.create("ada@west.example", "password of ada");
    await documentRef(deps.stores, "memberships", { uid }).set({ tenantId: `lethe_us_tenant_${"w".repeat(16)}` });
    const right = await trySignIn("ada@west.example", "password of ada");
    expect([right.status, right.json]).toMatchObject([421, { code: "wrong-region", region: "us" }]);
    const wrong = await trySignIn("ada@west.example", "wrong");
    expect([wrong.status, wrong.json]).toMatchObject([401, { code: "sign-in-refused" }]);
    expect(wrong.json).not.toHaveProperty("region");
  });

  it("is limited for an account wherever the attempts come from, known or not, and for an address", async () => {
    const times = (count: number) => Array.from({ length: count }, (_, attempt) => attempt);
    for (const email of ["target@bakery.example", "olive2@bakery.example"]) {
      const replies = await Promise.all(times(11).map(() => trySignIn(email, "wrong")));
      expect(replies.map(({ status }) => status).sort()).toEqual([...times(10).map(() => 401), 429]);
    }
    const malformed = await Promise.all(times(21).map(() => trySignIn("", "wrong", "same")));
    const wrong = await Promise.all(times(21).map((attempt) => trySignIn(`a${attempt}@x.example`, "wrong", "same")));
    const codes = [...malformed, ...wrong].map(({ status }) => status);
    // Requests that are malformed do not reach the limit; of the others 20 a minute do.
    expect(codes.filter((status) => status === 429)).toHaveLength(1);
    deps.clock.advance(60);
    expect((await trySignIn("target@bakery.example", "wrong", "same")).status).toBe(401);
  });

  it("keeps at most 20 sessions of a member open", async () => {
    await desk.hire("sam", "support");
    const first = await desk.signIn("sam");
    deps.clock.advance(1);
    for (let more = 0; more < 20; more += 1) {
      deps.clock.advance(10);
      await desk.signIn("sam");
    }
    deps.clock.advance(61);
    expect((await me(first)).status).toBe(401);
  });
});

describe("a session", () => {
  it("ends everywhere when its member signs out, within 60 s on instances that remember it", async () => {
    const cookie = await desk.signIn("olive");
    const elsewhere = await serveAll({ ...deps, stores: { ...spread(deps.stores) } });
    const there = () => elsewhere.call("GET", "/v1/auth/me", byCookie(deps, cookie));
    expect((await there()).status).toBe(200);
    const out = await api.call("POST", "/v1/auth/sign-out", byCookie(deps, cookie));
    expect([out.status, out.headers.get("set-cookie")]).toEqual([
      204,
      "__Host-session=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
    ]);
    expect((await me(cookie)).json).toMatchObject({ status: 401, code: "session-expired" });
    expect((await there()).status).toBe(200);
    deps.clock.advance(60);
    expect((await there()).status).toBe(401);
    await elsewhere.close();
  });

  it("ends after 12 hours", async () => {
    const cookie = await desk.signIn("olive");
    deps.clock.advance(12 * 3600 - 1);
    expect((await me(cookie)).status).toBe(200);
    deps.clock.advance(1);
    expect((await me(cookie)).json).toMatchObject({ status: 401, code: "session-expired" });
  });

  it.each([undefined, "https://evil.example", "http://localhost:8103", "null"])(
    "changes nothing for a page at %s, though the cookie came along",
    async (origin) => {
      const cookie = await desk.signIn("olive");
      const headers: Record<string, string> = { cookie, ...(origin === undefined ? {} : { origin }) };
      const reply = await api.call("PUT", "/v1/settings", { headers, body: { name: "Evil" } });
      expect(reply.json).toMatchObject({ status: 403, code: "origin-refused" });
    },
  );

  it("of another platform's secret opens nothing", async () => {
    const foreign = testDeps({ env: { SESSION_SEALING_KEY: Buffer.alloc(32, 9).toString("base64") } });
    const other = await serveAll({ ...deps, config: foreign.config });
    const cookie = await desk.signIn("olive");
    expect((await other.call("GET", "/v1/auth/me", byCookie(deps, cookie))).json).toMatchObject({
      code: "unauthenticated",
    });
    await other.close();
  });

  it("goes on while the platform's secret is replaced", async () => {
    const old = deps.config.SESSION_SEALING_KEY;
    const both = testDeps({ env: { SESSION_SEALING_KEY: `${Buffer.alloc(32, 9).toString("base64")},${old}` } });
    const other = await serveAll({
      ...deps,
      config: { ...deps.config, SESSION_SEALING_KEY: both.config.SESSION_SEALING_KEY },
    });
    expect((await other.call("GET", "/v1/auth/me", byCookie(deps, await desk.signIn("olive")))).status).toBe(200);
    await other.close();
  });
});

describe("members", () => {
  it("come in with the initial password that the adder is given, once, and may change it", async () => {
    const cookie = await desk.signIn("olive");
    const add = () =>
      api.call(
        "POST",
        "/v1/members",
        byCookie(deps, cookie, {
          body: { email: "Nina@Bakery.example", name: "Nina", role: "privacy" },
          headers: { "idempotency-key": "add-nina-1" },
        }),
      );
    const added = await add();
    expect(added.status).toBe(201);
    const { member, initialPassword } = added.json as { member: { uid: string }; initialPassword: string };
    expect(await add().then(({ json }) => json)).toEqual(added.json);
    const nina = cookieOf(await trySignIn("nina@bakery.example", initialPassword));
    const second = cookieOf(await trySignIn("nina@bakery.example", initialPassword));
    const change = { currentPassword: initialPassword, newPassword: "a longer word of mine" };
    expect(
      (await api.call("POST", "/v1/auth/password", byCookie(deps, nina, { body: { ...change, currentPassword: "x" } })))
        .status,
    ).toBe(401);
    expect((await api.call("POST", "/v1/auth/password", byCookie(deps, nina, { body: change }))).status).toBe(204);
    expect([(await me(nina)).status, (await me(second)).status]).toEqual([200, 401]);
    expect((await trySignIn("nina@bakery.example", initialPassword)).status).toBe(401);
    expect((await trySignIn("nina@bakery.example", "a longer word of mine")).status).toBe(200);
    // The initial password is gone, so a repeat of the call cannot give it out again, nor reset what she chose.
    expect((await add()).json).toMatchObject({ code: "already-exists" });
    expect((await trySignIn("nina@bakery.example", "a longer word of mine")).status).toBe(200);
    expect(JSON.stringify(await leavesOf(deps, desk.tenantId))).not.toContain(initialPassword);
    await removeMember(deps, desk.owner, member.uid);
  });

  it("do not share an address with an account that somebody made beforehand", async () => {
    const uid = await deps.staffAccounts.create("early@bakery.example", "known to a stranger");
    const { member } = await addMember(
      deps,
      desk.owner,
      { email: "early@bakery.example", name: "E", role: "viewer" },
      "early-key-1",
    );
    expect(member.uid).toBe(uid);
    expect((await trySignIn("early@bakery.example", "known to a stranger")).status).toBe(401);
    await removeMember(deps, desk.owner, uid);
  });

  it("cannot be taken from another business", async () => {
    const florist = await openDesk(deps, api, "florist");
    const fresh = { email: "olive@bakery.example", name: "Stolen", role: "viewer" as const };
    await expect(addMember(deps, florist.owner, fresh, "steal-key-1")).rejects.toMatchObject({
      code: "already-exists",
    });
    expect((await trySignIn("olive@bakery.example", "password of olive")).status).toBe(200);
  });

  it("lose the API at once here and within 60 s elsewhere when they are removed, and cannot come back", async () => {
    const uid = await desk.hire("rosa", "admin");
    const cookie = await desk.signIn("rosa");
    const elsewhere = await serveAll({ ...deps, stores: { ...spread(deps.stores) } });
    const there = () => elsewhere.call("GET", "/v1/auth/me", byCookie(deps, cookie));
    expect((await there()).status).toBe(200);
    const acted = await actionsDuring(deps, desk.tenantId, () => removeMember(deps, desk.owner, uid));
    expect(acted).toEqual(["member-removed"]);
    expect((await me(cookie)).status).toBe(401);
    deps.clock.advance(60);
    expect((await there()).status).toBe(401);
    expect((await trySignIn("rosa@bakery.example", "password of rosa")).status).toBe(401);
    expect(await deps.staffAccounts.findByEmail("rosa@bakery.example")).toBeUndefined();
    expect((await documentRef(deps.stores, "memberships", { uid }).get()).exists).toBe(false);
    await elsewhere.close();
  });

  it("get another role in their open sessions too", async () => {
    const uid = await desk.hire("vera", "viewer");
    const cookie = await desk.signIn("vera");
    const list = () => api.call("GET", "/v1/conversations", byCookie(deps, cookie));
    expect((await list()).status).toBe(403);
    await changeMemberRole(deps, desk.owner, uid, "support");
    expect((await list()).status).toBe(200);
    await changeMemberRole(deps, desk.owner, uid, "viewer");
    expect((await list()).status).toBe(403);
  });

  it("always include an owner, whom only owners make and unmake", async () => {
    const { uid } = desk.account;
    await expect(removeMember(deps, desk.owner, uid)).rejects.toMatchObject({ code: "last-owner" });
    await expect(changeMemberRole(deps, desk.owner, uid, "admin")).rejects.toMatchObject({ code: "last-owner" });
    const adminId = await desk.hire("adam", "admin");
    const admin = { ...desk.owner, actor: { kind: "member" as const, id: adminId }, role: "admin" as const };
    await expect(changeMemberRole(deps, admin, adminId, "owner")).rejects.toMatchObject({ code: "forbidden" });
    await expect(removeMember(deps, admin, uid)).rejects.toMatchObject({ code: "forbidden" });
    const fresh = { email: "o2@bakery.example", name: "O", role: "owner" as const };
    await expect(addMember(deps, admin, fresh, "owner-key-1")).rejects.toMatchObject({ code: "forbidden" });
    // Two owners who remove each other at once: one of them stays.
    await changeMemberRole(deps, desk.owner, adminId, "owner");
    const second = { ...admin, role: "owner" as const };
    const both = await Promise.allSettled([
      changeMemberRole(deps, desk.owner, adminId, "admin"),
      changeMemberRole(deps, second, uid, "admin"),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    if (both[0].status === "rejected") await changeMemberRole(deps, second, uid, "owner");
    if (both[0].status === "rejected") await changeMemberRole(deps, desk.owner, adminId, "admin");
  });

  it("are added by a repeat when the first call died before the directory, with the password that it gave", async () => {
    const fresh = { email: "half@bakery.example", name: "Half", role: "viewer" as const };
    const dying = {
      ...deps,
      stores: {
        ...deps.stores,
        get directory() {
          throw new Error("died");
        },
      },
    };
    await expect(addMember(dying as never, desk.owner, fresh, "half-key-1")).rejects.toThrow("died");
    const { member, initialPassword } = await addMember(deps, desk.owner, fresh, "half-key-1");
    expect((await trySignIn(fresh.email, initialPassword)).status).toBe(200);
    await removeMember(deps, desk.owner, member.uid);
  });

  it("who were added or removed half-way are settled by the sweep, and an account that another tenant has stays", async () => {
    const fresh = (name: string) => ({ email: `${name}@bakery.example`, name, role: "viewer" as const });
    const dying = {
      ...deps,
      staffAccounts: { ...deps.staffAccounts, remove: () => Promise.reject(new Error("died")) },
    };
    const gone = await addMember(deps, desk.owner, fresh("gone"), "gone-key-1");
    await expect(removeMember(dying, desk.owner, gone.member.uid)).rejects.toThrow("died");
    const moved = await addMember(deps, desk.owner, fresh("moved"), "moved-key-1");
    await expect(removeMember(dying, desk.owner, moved.member.uid)).rejects.toThrow("died");
    const elsewhere = documentRef(deps.stores, "memberships", { uid: moved.member.uid });
    await elsewhere.set({ tenantId: tenantIdOf("florist") });
    await sweepMembers(deps);
    expect(await deps.staffAccounts.findByEmail("gone@bakery.example")).toBeUndefined();
    expect(await deps.staffAccounts.findByEmail("moved@bakery.example")).toBe(moved.member.uid);
    await elsewhere.delete();
    await deps.staffAccounts.remove(moved.member.uid);
    await repairMemberships(deps, desk.tenantId);
  });

  it("can sign in again after the directory lost them, once it is repaired", async () => {
    const { uid } = desk.account;
    await documentRef(deps.stores, "memberships", { uid }).delete();
    await documentRef(deps.stores, "memberships", { uid: "stranger" }).set({ tenantId: desk.tenantId });
    expect((await trySignIn("olive@bakery.example", "password of olive")).status).toBe(401);
    expect(await repairDirectory(deps)).toEqual({ written: 1, deleted: 1 });
    expect((await trySignIn("olive@bakery.example", "password of olive")).status).toBe(200);
    expect(await repairMemberships(deps, desk.tenantId)).toEqual({ written: 0, deleted: 0 });
  });
});

describe("an API key", () => {
  it("may do what its scopes say, and its first use on a day is in the trail", async () => {
    const cookie = await desk.signIn("olive");
    const made = await api.call(
      "POST",
      "/v1/keys",
      byCookie(deps, cookie, { body: { name: "CRM", scopes: ["leads:read"] } }),
    );
    const { key, secret } = made.json as { key: { keyId: string }; secret: string };
    expect(secret).toMatch(/^lethe_eu_key_bakery0000000000_[a-z0-9]{20}_[a-z0-9]{32}$/);
    expect(JSON.stringify(key)).not.toContain(secret.slice(-32));
    const acted = await actionsDuring(deps, desk.tenantId, async () => {
      expect((await api.call("GET", "/v1/leads", byBearer(secret))).status).toBe(200);
      expect((await api.call("GET", "/v1/leads", byBearer(secret))).status).toBe(200);
      expect((await api.call("GET", "/v1/audit", byBearer(secret))).status).toBe(403);
    });
    expect(acted).toEqual(["api-key-used", "permission-refused"]);
    deps.clock.advance(24 * 3600);
    expect(await actionsDuring(deps, desk.tenantId, () => api.call("GET", "/v1/leads", byBearer(secret)))).toEqual([
      "api-key-used",
    ]);
  });

  it("is kept as a hash, and opens nothing with another secret", async () => {
    const text = await desk.key(["leads:read"]);
    const secret = text.slice(-32);
    const stored = await deps.stores.data.collection(`tenants/${desk.tenantId}/apiKeys`).get();
    expect(stored.docs.length).toBeGreaterThan(0);
    for (const record of stored.docs) expect(JSON.stringify(record.data())).not.toContain(secret);
    const forged = `${text.slice(0, -1)}${text.endsWith("a") ? "b" : "a"}`;
    expect((await api.call("GET", "/v1/leads", byBearer(forged))).json).toMatchObject({ code: "unauthenticated" });
    const florist = text.replace("bakery0000000000", "florist000000000");
    expect((await api.call("GET", "/v1/leads", byBearer(florist))).json).toMatchObject({ code: "unauthenticated" });
  });

  it("is refused once it is revoked, within 60 s on instances that remember it", async () => {
    const text = await desk.key(["leads:read"]);
    const keyId = text.split("_")[4] ?? "";
    const elsewhere = await serveAll({ ...deps, stores: { ...spread(deps.stores) } });
    expect((await elsewhere.call("GET", "/v1/leads", byBearer(text))).status).toBe(200);
    expect((await api.call("GET", "/v1/leads", byBearer(text))).status).toBe(200);
    const cookie = await desk.signIn("olive");
    expect((await api.call("DELETE", `/v1/keys/${keyId}`, byCookie(deps, cookie))).status).toBe(204);
    expect((await api.call("GET", "/v1/leads", byBearer(text))).status).toBe(401);
    deps.clock.advance(60);
    expect((await elsewhere.call("GET", "/v1/leads", byBearer(text))).status).toBe(401);
    await elsewhere.close();
  });

  it("is never given more than its maker has, nor what only people may do", async () => {
    const supporter = { ...desk.owner, permissions: new Set(["leads:read"] as const) };
    await expect(createApiKey(deps, supporter, { name: "x", scopes: ["audit:read"] })).rejects.toMatchObject({
      code: "forbidden",
    });
    for (const scope of ["team:write", "keys:write", "billing:write", "account:close"] as const) {
      await expect(createApiKey(deps, desk.owner, { name: "x", scopes: [scope] })).rejects.toMatchObject({
        code: "forbidden",
      });
    }
  });
});

describe("a refusal by permission", () => {
  it("is in the trail, once a minute for a session that keeps asking", async () => {
    await desk.hire("paul", "viewer");
    const cookie = await desk.signIn("paul");
    const ask = () => api.call("GET", "/v1/audit", byCookie(deps, cookie));
    expect(
      await actionsDuring(deps, desk.tenantId, async () => {
        for (let more = 0; more < 3; more += 1) expect((await ask()).status).toBe(403);
      }),
    ).toEqual(["permission-refused"]);
    const last = (await leavesOf(deps, desk.tenantId)).filter(({ action }) => action === "permission-refused").at(-1);
    expect(last).toMatchObject({
      outcome: "refused",
      targets: [{ kind: "permission", id: "audit:read" }],
      metadata: { role: "viewer" },
    });
    deps.clock.advance(60);
    expect(await actionsDuring(deps, desk.tenantId, ask)).toEqual(["permission-refused"]);
  });

  it("is a refusal too where it cannot be written, and nothing is given out", async () => {
    await desk.hire("pia", "viewer");
    const cookie = await desk.signIn("pia");
    deps.kms.disable();
    deps.keyCache.forget("");
    try {
      expect((await api.call("GET", "/v1/audit", byCookie(deps, cookie))).json).toMatchObject({
        code: "key-unavailable",
        retry: true,
      });
    } finally {
      deps.kms.enable();
    }
  });
});

describe("a live token", () => {
  it("carries the tenant, the role and its own end, and is in the trail before it exists", async () => {
    const cookie = await desk.signIn("olive");
    let issued: Record<string, string> = {};
    const acted = await actionsDuring(deps, desk.tenantId, async () => {
      issued = (await api.call("POST", "/v1/auth/live-token", byCookie(deps, cookie))).json as Record<string, string>;
    });
    expect(acted).toEqual(["live-token-issued"]);
    const { token, expiresAt, databaseId } = issued;
    const { uid, claims } = JSON.parse(Buffer.from(token ?? "", "base64url").toString("utf8")) as Record<
      string,
      unknown
    >;
    const until = String(new Date(expiresAt ?? "").getTime());
    expect({ uid, claims }).toEqual({
      uid: desk.account.uid,
      claims: { lethe: "live", tenant: desk.tenantId, role: "owner", until },
    });
    expect(new Date(Number(until)).getTime() - deps.clock.now().getTime()).toBe(3_600_000);
    expect(databaseId).toBe("data-eu");
    const key = await desk.key(["jobs:read"]);
    expect((await api.call("POST", "/v1/auth/live-token", byBearer(key))).json).toMatchObject({ code: "forbidden" });
  });
});

/** The same databases behind another object: another instance, which remembers for itself. */
function spread(stores: typeof deps.stores): typeof deps.stores {
  return { region: stores.region, data: stores.data, keys: stores.keys, directory: stores.directory };
}
