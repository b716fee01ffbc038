import { z } from "zod";
import { changePassword } from "../identity/change-password.ts";
import { issueLiveToken } from "../identity/issue-live-token.ts";
import { signIn } from "../identity/sign-in.ts";
import { signOut } from "../identity/sign-out.ts";
import { openStaffCookie, sealStaffCookie, setCookieHeader, staffCookieName } from "../identity/staff-cookie.ts";
import { staffOf } from "../identity/staff-of.ts";
import { describeCaller } from "../tenants/describe-caller.ts";
import { address, meShape, time } from "./console/shapes.ts";
import { type RouteTable, route } from "./route.ts";
import { secret } from "./secret.ts";

const password = secret(z.string().min(1).max(200));

/** Signing in and out, on the server: Firebase Authentication is not asked by browsers. */
export const authRoutes = {
  "POST /v1/auth/sign-in": route({
    caller: "public",
    summary: "Sign in; the answer sets the session cookie. 421 names the region in which to repeat the call",
    body: z.strictObject({ email: address, password }),
    answer: { 200: meShape },
    audit: "signed-in",
    limit: "sign-in",
    handle: async (deps, _anyone, { body }, { now }) => {
      const session = await signIn(deps, body.email, body.password);
      const me = await describeCaller(deps, staffOf(session));
      const maxAgeSeconds = Math.floor((session.expiresAt.getTime() - now.getTime()) / 1000);
      const cookie = setCookieHeader(sealStaffCookie(deps.config, deps.ids, session), maxAgeSeconds);
      return { status: 200, body: { ...me, sessionExpiresAt: session.expiresAt }, headers: { "set-cookie": cookie } };
    },
  }),
  "POST /v1/auth/sign-out": route({
    caller: "account:read",
    summary: "Sign out; the session ends for every copy of its cookie",
    answer: { 204: "nothing" },
    audit: "signed-out",
    limit: "staff-write",
    handle: async (deps, staff) => {
      await signOut(deps, staff);
      return { status: 204, headers: { "set-cookie": setCookieHeader("", 0) } };
    },
  }),
  "GET /v1/auth/me": route({
    caller: "account:read",
    summary: "The caller, and when the session ends",
    answer: { 200: meShape },
    audit: { none: "the caller's own name and permissions" },
    limit: "staff-read",
    handle: async (deps, staff, _input, { cookies, now }) => {
      const me = await describeCaller(deps, staff);
      const cookie = cookies[staffCookieName];
      if (staff.sessionId === undefined || cookie === undefined) return { status: 200, body: me };
      const { expiresAt } = openStaffCookie(deps.config, cookie, now);
      return { status: 200, body: { ...me, sessionExpiresAt: expiresAt } };
    },
  }),
  "POST /v1/auth/live-token": route({
    caller: "jobs:read",
    summary: "A token with which the console listens to jobs and signals for an hour",
    answer: {
      200: z.strictObject({
        token: secret(z.string()),
        expiresAt: time,
        projectId: z.string(),
        databaseId: z.string(),
        tenantId: z.string(),
      }),
    },
    audit: "live-token-issued",
    limit: "staff-write",
    handle: async (deps, staff) => ({ status: 200, body: await issueLiveToken(deps, staff) }),
  }),
  "POST /v1/auth/password": route({
    caller: "account:read",
    summary: "Change the caller's password; their other sessions end",
    body: z.strictObject({ currentPassword: password, newPassword: secret(z.string().min(12).max(200)) }),
    answer: { 204: "nothing" },
    audit: "password-changed",
    limit: "sign-in",
    handle: async (deps, staff, { body }) => {
      await changePassword(deps, staff, body.currentPassword, body.newPassword);
      return { status: 204 };
    },
  }),
} as const satisfies RouteTable;
