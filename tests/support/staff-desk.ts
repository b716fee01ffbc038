import { addMember } from "../../functions/src/identity/add-member.ts";
import type { Staff } from "../../functions/src/identity/caller.ts";
import { createApiKey } from "../../functions/src/identity/create-api-key.ts";
import { type Permission, permissionsOf, type Role } from "../../functions/src/identity/permissions.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { authRoutes } from "../../functions/src/routes/auth.ts";
import { routeTables } from "../../functions/src/routes/tables.ts";
import { type OpenedAccount, openAccount } from "../../functions/src/tenants/open-account.ts";
import { type CallOptions, type Reply, type Served, serveTable } from "./served.ts";
import { type TestDeps, tenantIdOf } from "./test-deps.ts";

/** A business whose staff call every HTTP function, through the framework's own server. */
export interface Desk {
  account: OpenedAccount;
  tenantId: string;
  /** The owner, for use cases that are called directly. */
  owner: Staff;
  /** Adds a member with the password `password of <name>`. */
  hire(name: string, role: Role): Promise<string>;
  /** Signs a member in; the cookie as a browser sends it. */
  signIn(name: string): Promise<string>;
  /** Makes an API key; its text. */
  key(scopes: readonly Permission[]): Promise<string>;
}

/** Every route of every function behind one server. */
export function serveAll(deps: TestDeps): Promise<Served> {
  return serveTable({ ...Object.assign({}, ...Object.values(routeTables)), ...authRoutes }, () => deps);
}

const passwordOf = (name: string): string => `password of ${name}`;
const addressOf = (name: string, business: string): string => `${name}@${business}.example`;

/** Opens an account with the owner `olive`. */
export async function openDesk(deps: TestDeps, api: Served, business: string): Promise<Desk> {
  const tenantId = tenantIdOf(business, deps.config.REGION);
  const account = await openAccount(deps, {
    tenantId,
    name: `${business} & Co`,
    website: `https://${business}.example`,
    privacyContact: { name: "Paul", email: `privacy@${business}.example` },
    owner: { email: addressOf("olive", business), password: passwordOf("olive"), name: "Olive" },
    agent: { name: "Robin", greeting: "Hello.", instructions: "Be brief.", handoffText: "We will write back." },
    channel: { name: "Website", origins: [`https://${business}.example`], accentColor: "#336699" },
    notice: { text: "An AI answers.", purposes: [{ id: "remember", title: "Remember me", text: "Keeps this chat." }] },
  });
  const actor = { kind: "member", id: account.uid } as const;
  const owner: Staff = { kind: "staff", tenantId, actor, role: "owner", permissions: permissionsOf.owner };
  return {
    account,
    tenantId,
    owner,
    async hire(name, role) {
      const fresh = { email: addressOf(name, business), name, role, password: passwordOf(name) };
      return (await addMember(deps, owner, fresh, `hire-${name}`)).member.uid;
    },
    async signIn(name) {
      const body = { email: addressOf(name, business), password: passwordOf(name) };
      // Each call comes from an address of its own, so that the limit on addresses does not meet the tests.
      const headers = { "x-forwarded-for": `${deps.ids.next()}, 10.0.0.1` };
      return cookieOf(await api.call("POST", "/v1/auth/sign-in", { body, headers }));
    },
    async key(scopes) {
      return (await createApiKey(deps, owner, { name: "a test's", scopes })).text;
    },
  };
}

/** The cookie that an answer sets, as the browser sends it back. */
export function cookieOf(reply: Reply): string {
  const cookie = /^(__Host-session=[^;]+)/.exec(reply.headers.get("set-cookie") ?? "")?.[1];
  if (cookie === undefined) throw new Error(`no cookie in an answer of status ${reply.status}: ${reply.text}`);
  return cookie;
}

/** A visitor of a business's page who has begun a conversation. */
export interface Guest {
  token: string;
  conversationId: string;
  subjectId: string;
  /** Asks a question and waits for the answer's end. */
  ask(question: string): Promise<void>;
  /** Leaves contact details for a person to answer; the lead's id. */
  leave(texts: { name?: string; email?: string; phone?: string; message: string }): Promise<string>;
}

/** Begins a conversation through the widget's own routes. */
export async function welcome(deps: TestDeps, api: Served, desk: Desk): Promise<Guest> {
  const post = async (path: string, body: unknown, headers: Record<string, string>): Promise<Reply> => {
    const reply = await api.call("POST", path, {
      body,
      headers: { "idempotency-key": `${deps.ids.next()}${deps.ids.next()}`, ...headers },
    });
    if (reply.status >= 300) throw new Error(`POST ${path} was answered with ${reply.status}: ${reply.text}`);
    return reply;
  };
  const begin = { noticeVersion: 1, noticeAcknowledged: true, consents: {} };
  const begun = await post("/v1/widget/sessions", begin, { "lethe-channel": desk.account.channelKey });
  const { token, conversationId } = begun.json as { token: string; conversationId: string };
  const bearer = { authorization: `Bearer ${token}` };
  return {
    token,
    conversationId,
    subjectId: openSessionToken(deps.config, token, deps.clock.now()).subjectId,
    async ask(question) {
      const { text } = await post("/v1/chat/turns", { question }, bearer);
      if (!text.includes("event: done")) throw new Error(`the turn did not end: ${text}`);
    },
    async leave(texts) {
      return ((await post("/v1/widget/leads", texts, bearer)).json as { leadId: string }).leadId;
    },
  };
}

/** A call of the console's page with a member's cookie. */
export function byCookie(deps: TestDeps, cookie: string, options: CallOptions = {}): CallOptions {
  return { ...options, headers: { cookie, origin: deps.config.APP_ORIGIN, ...options.headers } };
}

/** A call with an API key, or with a visitor's token. */
export function byBearer(token: string, options: CallOptions = {}): CallOptions {
  return { ...options, headers: { authorization: `Bearer ${token}`, ...options.headers } };
}
