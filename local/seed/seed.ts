import { randomUUID } from "node:crypto";
import { addMember } from "../../functions/src/identity/add-member.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { buildDeps } from "../../functions/src/platform/deps.ts";
import { freshTenantId, openAccount } from "../../functions/src/tenants/open-account.ts";
import { call, textOf } from "./api.ts";
import { type DemoTenant, readDemoTenants } from "./demo-files.ts";

type Region = "eu" | "us";

/** The local cloud as the seeds see it. */
export interface SeedTarget {
  /** Environment of a function in a region. */
  environment(region: Region): Readonly<Record<string, string>>;
  /** Address of each region's API that this process can resolve. */
  api: Readonly<Record<Region, string>>;
  /** Origin of the console. */
  app: string;
  /** Demo pages in the order of the tenants. */
  demoPages: readonly string[];
}

/** A demo tenant as `.local/ready.json` tells of it. */
export interface SeededTenant {
  id: string;
  name: string;
  region: Region;
  slug: string;
  channelKey: string;
  apiKey: string;
  demoPage: string;
  staff: { email: string; password: string; role: string }[];
}

/**
 * Opens the demo tenants, gives each its staff, documents and an API key through the API, and lets their visitors chat.
 * Opening an account is an operator's act and has no route; everything else goes the way that customers go.
 */
export async function seed(target: SeedTarget): Promise<SeededTenant[]> {
  return Promise.all(readDemoTenants().map((demo, index) => seedTenant(target, demo, target.demoPages[index] ?? "")));
}

async function seedTenant(target: SeedTarget, demo: DemoTenant, demoPage: string): Promise<SeededTenant> {
  const { region } = demo;
  const account = await openDemoAccount(target, demo, demoPage);
  const owner = demo.staff.find((member) => member.role === "owner");
  if (owner === undefined) throw new Error(`${demo.slug} has no owner`);
  const base = target.api[region];
  const signedIn = await call(base, "POST", "/v1/auth/sign-in", {
    body: { email: owner.email, password: owner.password },
    headers: { origin: target.app },
  });
  const staff = { origin: target.app, cookie: signedIn.cookie };
  const key = await call(base, "POST", "/v1/keys", {
    body: { name: "Demo software", scopes: [...permissionsOf.privacy] },
    headers: staff,
  });
  for (const { fileName, text } of demo.documents) {
    const body = { fileName, contentType: "text/markdown", text };
    await call(base, "POST", "/v1/documents", { body, headers: { ...staff, "idempotency-key": randomUUID() } });
  }
  await documentsReady(base, staff, demo.documents.length);
  for (const person of demo.people) await chat(base, account.channelKey, person);
  return {
    id: account.tenantId,
    name: demo.name,
    region,
    slug: demo.slug,
    channelKey: account.channelKey,
    apiKey: textOf(key.json, "secret"),
    demoPage,
    staff: demo.staff.map(({ email, password, role }) => ({ email, password, role })),
  };
}

async function openDemoAccount(
  target: SeedTarget,
  demo: DemoTenant,
  demoPage: string,
): Promise<{ tenantId: string; channelKey: string }> {
  const deps = buildDeps(parseConfig(target.environment(demo.region)));
  const [owner, ...others] = demo.staff;
  if (owner === undefined) throw new Error(`${demo.slug} has no staff`);
  const account = await openAccount(deps, {
    tenantId: freshTenantId(deps),
    name: demo.name,
    website: demo.website,
    privacyContact: demo.privacyContact,
    owner,
    agent: demo.agent,
    channel: { name: demo.channel.name, origins: [new URL(demoPage).origin], accentColor: demo.accentColor },
    notice: demo.notice,
  });
  const staff = {
    kind: "staff",
    tenantId: account.tenantId,
    actor: { kind: "member", id: account.uid },
    role: "owner",
    permissions: permissionsOf.owner,
  } as const;
  for (const member of others) await addMember(deps, staff, member, `demo-${demo.slug}-${member.role}`);
  return account;
}

/** Waits until every document is in use; the cloud's own jobs bring them there. */
async function documentsReady(base: string, headers: Record<string, string>, count: number): Promise<void> {
  for (let attempt = 0; attempt < 600; attempt += 1) {
    const { json } = await call(base, "GET", "/v1/documents", { headers });
    const documents = json.documents as { state: string }[];
    if (documents.filter((document) => document.state === "ready").length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error("documents were not ready after two minutes");
}

/** One visitor's chat: session, questions, and a message for a person where the file has one. */
async function chat(base: string, channelKey: string, person: DemoTenant["people"][number]): Promise<void> {
  const session = await call(base, "POST", "/v1/widget/sessions", {
    body: { noticeVersion: 1, noticeAcknowledged: true, consents: {} },
    headers: { "lethe-channel": channelKey, "idempotency-key": randomUUID() },
  });
  const headers = { authorization: `Bearer ${textOf(session.json, "token")}` };
  for (const question of person.questions) {
    await call(base, "POST", "/v1/chat/turns", {
      body: { question },
      headers: { ...headers, "idempotency-key": randomUUID() },
    });
  }
  if (person.lead === undefined) return;
  const body = { name: person.name, email: person.email, message: person.lead.message };
  await call(base, "POST", "/v1/widget/leads", { body, headers: { ...headers, "idempotency-key": randomUUID() } });
}
