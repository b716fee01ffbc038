import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { z } from "zod";
import { scopes } from "../../functions/src/identity/create-api-key.ts";
import {
  type Permission,
  permissions,
  permissionsOf,
  type Role,
  roles,
} from "../../functions/src/identity/permissions.ts";
import { decodeLeaf } from "../../functions/src/ledger/leaf.ts";
import { pageOfEntries } from "../../functions/src/ledger/page-of-entries.ts";
import type { Route, RouteTable } from "../../functions/src/routes/route.ts";
import { routeTables } from "../../functions/src/routes/tables.ts";
import { type Served, serveTable } from "../support/served.ts";
import { byBearer, byCookie, type Desk, openDesk, serveAll } from "../support/staff-desk.ts";
import { testDeps } from "../support/test-deps.ts";

const deps = testDeps();
const isPermission = (caller: string): caller is Permission => permissions.some((name) => name === caller);

/** The tables with every handler replaced by one that says that it was reached: what is tested is who reaches it. */
const rows = Object.values(routeTables)
  .flatMap((table) => Object.entries(table))
  .filter(([, row]) => isPermission(row.caller));
const reached: Route["handle"] = async () => ({ status: 200, body: "reached" });
const doors: RouteTable = Object.fromEntries(
  rows.map(([name, { caller, summary, answer, audit, limit }]) => [
    name,
    { caller, summary, answer, audit, limit, params: z.record(z.string(), z.string()), handle: reached },
  ]),
);

let real: Served;
let api: Served;
let desk: Desk;
const cookies = new Map<Role, string>();

beforeAll(async () => {
  real = await serveAll(deps);
  api = await serveTable(doors, () => deps);
  desk = await openDesk(deps, real, "bakery");
  for (const role of roles) {
    if (role !== "owner") await desk.hire(role, role);
    cookies.set(role, await desk.signIn(role === "owner" ? "olive" : role));
  }
});
afterAll(async () => {
  await real.close();
  await api.close();
  await deps.close();
});

function knock(name: string, options: ReturnType<typeof byBearer>) {
  const [method = "", path = ""] = name.split(" ");
  return api.call(method, path.replaceAll(/\{\w+\}/g, "abcdefghij0123456789"), options);
}

/** Whether the newest refusal in the trail is of this moment and names the permission. */
async function isRefusalOfThisMoment(permission: Permission): Promise<boolean> {
  const { entries } = await pageOfEntries(deps.stores, desk.tenantId, { action: "permission-refused" }, { limit: 1 });
  const [newest] = entries.map(({ leaf }) => decodeLeaf(leaf));
  if (newest?.occurredAt.getTime() !== deps.clock.now().getTime()) return false;
  return newest.targets.some((target) => "id" in target && target.id === permission);
}

describe.each(rows.map(([name, row]) => [name, row.caller as Permission] as const))("%s", (name, permission) => {
  it.each(roles)(`is open to %s if that role has ${permission}, and its refusal is in the trail`, async (role) => {
    deps.clock.advance(61);
    const allowed = permissionsOf[role].has(permission);
    const { status } = await knock(name, byCookie(deps, cookies.get(role) ?? ""));
    expect([status, await isRefusalOfThisMoment(permission)]).toEqual([allowed ? 200 : 403, !allowed]);
  });

  it("is closed to an API key with every scope but this one, and open with this one alone", async () => {
    const others = scopes.filter((scope) => scope !== permission);
    expect((await knock(name, byBearer(await desk.key(others)))).status).toBe(403);
    if (!scopes.includes(permission)) return;
    expect((await knock(name, byBearer(await desk.key([permission])))).status).toBe(200);
  });
});

describe("a whole account's export", () => {
  const asks = async (options: ReturnType<typeof byBearer>, exportId: string) => {
    deps.clock.advance(61);
    const listed = await real.call("GET", "/v1/exports", options);
    const link = await real.call("POST", `/v1/exports/${exportId}/links`, options);
    return [listed.text.includes(exportId), link.status, await isRefusalOfThisMoment("exports:account")];
  };

  it("is neither shown nor handed to who may read exports but not export the account", async () => {
    const options = byCookie(deps, cookies.get("owner") ?? "", {
      headers: { "idempotency-key": "whole-account-0001" },
    });
    const { exportId } = z
      .object({ exportId: z.string() })
      .parse((await real.call("POST", "/v1/account/exports", { ...options, body: { reason: "moving house" } })).json);
    expect(await asks(byCookie(deps, cookies.get("privacy") ?? ""), exportId)).toEqual([false, 403, true]);
    expect(await asks(byBearer(await desk.key(["exports:read"])), exportId)).toEqual([false, 403, true]);
    // Still being made, for those who may have it.
    const those = ["exports:read", "exports:account"] as const;
    expect(await asks(byCookie(deps, cookies.get("admin") ?? ""), exportId)).toEqual([true, 409, false]);
    expect(await asks(byBearer(await desk.key(those)), exportId)).toEqual([true, 409, false]);
  });
});

describe("roles", () => {
  it("grow: each has what the ones after it have", () => {
    for (const [position, role] of roles.entries()) {
      for (const lesser of roles.slice(position + 1)) {
        for (const permission of permissionsOf[lesser])
          expect([role, permissionsOf[role].has(permission)]).toEqual([role, true]);
      }
    }
  });

  it("give an owner every permission", () => {
    expect([...permissionsOf.owner].sort()).toEqual([...permissions].sort());
  });
});
