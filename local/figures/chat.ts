import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { http } from "@google-cloud/functions-framework";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { startSession } from "../../functions/src/conversations/start-session.ts";
import type { DataSubject } from "../../functions/src/identity/caller.ts";
import { openSessionToken, sessionTokenFor } from "../../functions/src/identity/tokens.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { chatTurnRoutes } from "../../functions/src/routes/chat-turn.ts";
import { serve } from "../../functions/src/routes/serve.ts";
import type { Business } from "./business.ts";

/** The function `chat-turn` on this machine, and a visitor who asks it. */
export type Chat = {
  /** Asks a question over HTTP and reads the stream to its end. @throws Error unless it ends with `done`. */
  ask(question: string): Promise<void>;
  /** Requests that the function was sent. */
  invocations(): number;
  close(): Promise<void>;
};

/** Turns that one session may ask within a minute; a person on several devices has several. */
const turnsASession = 25;

/** Serves `chat-turn` through the framework, as production does, and begins a conversation. */
export async function openChat(deps: Deps, { tenantId, channelId }: Business): Promise<Chat> {
  let requests = 0;
  const name = `figures-chat-turn-${deps.ids.next()}`;
  http(
    name,
    serve(chatTurnRoutes, () => deps),
  );
  const server = getTestServer(name);
  server.on("request", () => {
    requests += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const visitor = { kind: "channel", tenantId, channelId } as const;
  const key = `${deps.ids.next()}${deps.ids.next()}`;
  const { token } = await startSession(deps, visitor, { noticeVersion: 1, consents: {} }, key);
  const person = openSessionToken(deps.config, token, deps.clock.now());
  let device: DataSubject = person;
  let asked = 0;
  const agent = new Agent({ keepAlive: true });
  return {
    async ask(question) {
      if (asked % turnsASession === 0) device = { ...person, sessionId: deps.ids.next() };
      asked += 1;
      const expiresAt = new Date(deps.clock.now().getTime() + 60_000);
      const headers = {
        authorization: `Bearer ${sessionTokenFor(deps.config, device, expiresAt)}`,
        "content-type": "application/json",
        "idempotency-key": deps.ids.next(),
      };
      const { status, text } = await post(agent, port, "/v1/chat/turns", headers, JSON.stringify({ question }));
      if (!text.includes("\nevent: done\n") && !text.startsWith("event: done\n")) {
        throw new Error(`turn ${asked} was answered with ${status}: ${text.slice(-300)}`);
      }
    },
    invocations: () => requests,
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Posts over a connection that stays open. The plain client: what the asker itself costs is not the turn's. */
function post(
  agent: Agent,
  port: number,
  path: string,
  headers: Readonly<Record<string, string>>,
  body: string,
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, path, method: "POST", headers, host: "127.0.0.1" }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (piece: string) => {
        text += piece;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        resolve({ status: answer.statusCode ?? 0, text });
      });
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
