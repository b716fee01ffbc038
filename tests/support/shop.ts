import type { AddressInfo } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { startSession } from "../../functions/src/conversations/start-session.ts";
import type { DataSubject, Staff } from "../../functions/src/identity/caller.ts";
import { permissionsOf } from "../../functions/src/identity/permissions.ts";
import { openSessionToken } from "../../functions/src/identity/tokens.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { knowledgeJob } from "../../functions/src/knowledge/knowledge-job.ts";
import { uploadDocument } from "../../functions/src/knowledge/upload-document.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import type { RouteTable } from "../../functions/src/routes/route.ts";
import { serve } from "../../functions/src/routes/serve.ts";
import { openAccount } from "../../functions/src/tenants/open-account.ts";
import { type TestDeps, tenantIdOf } from "./test-deps.ts";

/** A business that is open for chat: keys, an agent, a channel, a notice with two purposes. */
export interface Shop {
  tenantId: string;
  channelId: string;
  agentId: string;
  channelKey: string;
  staff: Staff;
}

/** The text that an agent of `openShop` offers a person with. */
export const handoffText = "One of us will write back.";

/** Opens a business as its owner does. */
export async function openShop(deps: Deps, name: string): Promise<Shop> {
  const tenantId = tenantIdOf(name, deps.config.REGION);
  const { uid, agentId, channelId, channelKey } = await openAccount(deps, {
    tenantId,
    name: `${name} & Co`,
    website: "https://shop.example",
    privacyContact: { name: "Ada", email: "privacy@shop.example" },
    owner: { email: `owner@${name}.example`, password: "correct horse battery", name: "Ada" },
    agent: { name: "Robin", greeting: "Hello.", instructions: "Be brief.", handoffText },
    channel: { name: "Website", origins: ["https://shop.example"], accentColor: "#336699" },
    notice: {
      text: "An AI answers.",
      purposes: [
        { id: "remember", title: "Remember me", text: "Keeps this chat." },
        { id: "improve", title: "Improve", text: "Lets us read." },
      ],
    },
  });
  const actor = { kind: "member", id: uid } as const;
  const staff: Staff = { kind: "staff", tenantId, actor, role: "owner", permissions: permissionsOf.owner };
  return { tenantId, staff, agentId, channelId, channelKey };
}

/** Lets a visitor begin a conversation in a business. @param consents - boxes ticked; none by default. */
export async function arriveAt(
  deps: Deps,
  shop: Shop,
  name: string,
  consents: Readonly<Record<string, boolean>> = {},
): Promise<DataSubject> {
  const visitor = { kind: "channel", tenantId: shop.tenantId, channelId: shop.channelId } as const;
  const key = `${name}-session-key-of-32-characters-or-more`;
  const session = await startSession(deps, visitor, { noticeVersion: 1, consents }, key);
  return openSessionToken(deps.config, session.token, deps.clock.now());
}

/** Uploads a Markdown document and runs its job to the end. */
export async function teach(deps: TestDeps, shop: Shop, fileName: string, text: string): Promise<string> {
  const upload = { fileName, contentType: "text/markdown", bytes: Buffer.from(text) };
  const document = await uploadDocument(deps, shop.staff, upload, `upload-${fileName}-${deps.ids.next()}`);
  await runKnowledgeJobs(deps);
  return document.id;
}

/** Delivers the steps of knowledge jobs until none waits. */
export async function runKnowledgeJobs(deps: TestDeps): Promise<void> {
  await deps.publisher.drain({
    "knowledge-steps": (payload, delivery) => runJob(deps, knowledgeJob, stepMessage.parse(payload), delivery),
  });
}

let served = 0;

/** A function that listens on this machine. */
export interface Served {
  url: string;
  close(): Promise<void>;
}

/** Serves a route table as its function does, over HTTP. */
export async function serveTable(table: RouteTable, deps: () => Deps): Promise<Served> {
  served += 1;
  const name = `served-${served}`;
  http(name, serve(table, deps));
  const server = getTestServer(name);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
