import type { Staff } from "../../functions/src/identity/caller.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { knowledgeJob } from "../../functions/src/knowledge/knowledge-job.ts";
import { uploadDocument } from "../../functions/src/knowledge/upload-document.ts";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { buildDeps, type Deps } from "../../functions/src/platform/deps.ts";
import { freshTenantId, openAccount } from "../../functions/src/tenants/open-account.ts";
import { createPlatformKeys } from "../platform-keys.ts";
import type { DemoTenant } from "../seed/demo-files.ts";

/** Dependencies of a function under measurement, and the messages it published. */
export type Measured = {
  deps: Deps;
  published: { topic: string; payload: Readonly<Record<string, string | number>> }[];
};

/**
 * The clients that a function has, in a project of its own on the emulators; files are kept in memory, messages are
 * counted instead of sent, and nobody signs in.
 */
export function measuredDeps(project: string, environment: Readonly<Record<string, string>>): Measured {
  const config = parseConfig({
    LETHE_ENV: "local",
    GOOGLE_CLOUD_PROJECT: project,
    REGION: "eu",
    APP_ORIGIN: "http://localhost:8100",
    API_ORIGIN: "http://localhost:8101",
    SESSION_SEALING_KEY: Buffer.alloc(32, 7).toString("base64"),
    ...environment,
  });
  const published: Measured["published"] = [];
  const files = new Map<string, Uint8Array>();
  const deps: Deps = Object.create(buildDeps(config), {
    publisher: {
      value: {
        async publish(topic: string, payload: Readonly<Record<string, string | number>>) {
          published.push({ topic, payload });
        },
      } satisfies Deps["publisher"],
    },
    staffAccounts: {
      value: { findByEmail: async () => undefined, create: async (email: string) => email.replaceAll(/\W/g, "-") },
    },
    buckets: {
      value: {
        async write(_bucket: string, path: string, content: Uint8Array) {
          files.set(path, content);
        },
        read: async (_bucket: string, path: string) => files.get(path),
        list: async () => [],
      },
    },
  });
  return { deps, published };
}

/** A demo business that is open for chat, with its documents in use. */
export type Business = { tenantId: string; channelId: string; staff: Staff };

/** Opens a demo business as its owner does, and brings its documents into use. */
export async function openBusiness({ deps, published }: Measured, demo: DemoTenant): Promise<Business> {
  const { name, website, privacyContact, agent, accentColor, notice } = demo;
  const { tenantId, uid, channelId } = await openAccount(deps, {
    tenantId: freshTenantId(deps),
    name,
    website,
    privacyContact,
    owner: { email: `owner@${demo.slug}.example`, password: "of the figures only", name: "Figures" },
    agent,
    channel: { name: demo.channel.name, origins: [], accentColor },
    notice,
  });
  const actor = { kind: "member", id: uid } as const;
  const staff: Staff = { kind: "staff", tenantId, actor, role: "owner", permissions: permissionsOf.owner };
  for (const { fileName, text } of demo.documents) {
    const upload = { fileName, contentType: "text/markdown", bytes: Buffer.from(text) };
    await uploadDocument(deps, staff, upload, `figures-${fileName.replaceAll(/[^\w-]/g, "-")}`);
  }
  for (const { topic, payload } of published.splice(0)) {
    if (topic !== "knowledge-steps") continue;
    const delivery = { messageId: "figures", subscription: "figures", attempt: 1 };
    await runJob(deps, knowledgeJob, stepMessage.parse(payload), delivery);
  }
  return { tenantId, channelId, staff };
}

/** Makes the platform's keys in the Cloud KMS stand-in for a fresh project. @returns the project's id. */
export async function freshProject(environment: Readonly<Record<string, string>>): Promise<string> {
  const project = `demo-figures-${Date.now().toString(36)}`;
  await createPlatformKeys(environment.KMS_ENDPOINT ?? "", project, "eu");
  return project;
}
