import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { httpWebhooks } from "../../../functions/src/ports/webhooks.ts";

interface Seen {
  path: string | undefined;
  headers: readonly string[];
  body: string;
}

let server: Server;
let port: number;
const seen: Seen[] = [];

function answer(request: IncomingMessage, response: ServerResponse): void {
  if (request.url === "/redirect") response.writeHead(302, { location: `http://127.0.0.1:${port}/secret` }).end();
  else if (request.url === "/hang-up") request.socket.destroy();
  else if (request.url === "/long") response.writeHead(200).end("x".repeat(200_000));
  else response.writeHead(200, { "content-type": "application/json" }).end('{"outcome":"deleted"}');
}

beforeAll(async () => {
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => {
      const body = Buffer.concat(parts).toString("utf8");
      // As they came: other tests of this process have every server change the parsed ones.
      seen.push({ path: request.url, headers: request.rawHeaders, body });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

const local = httpWebhooks({ WEBHOOK_LOCAL_HOSTS: "127.0.0.1" });
const outside = httpWebhooks({});
const at = (path: string) => `http://127.0.0.1:${port}${path}`;

describe("the sender of webhooks", () => {
  it("posts the body as it is, with the headers it was given", async () => {
    const body = '{"type":"webhook.test","text":"ü"}';
    const reply = await local.post(at("/hook"), { "webhook-id": "m-1" }, body);
    expect(reply).toEqual({ kind: "answered", status: 200, body: '{"outcome":"deleted"}' });
    const request = seen.at(-1);
    expect(request).toMatchObject({ path: "/hook", body });
    expect(request?.headers.join(" ")).toContain("content-type application/json");
    expect(request?.headers.join(" ")).toContain("webhook-id m-1");
  });

  it("does not follow a redirect", async () => {
    expect(await local.post(at("/redirect"), {}, "{}")).toMatchObject({ kind: "answered", status: 302 });
    expect(seen.some(({ path }) => path === "/secret")).toBe(false);
  });

  it("reads no more than a small answer", async () => {
    expect(await local.post(at("/long"), {}, "{}")).toEqual({ kind: "unreachable", why: "answer-too-large" });
  });

  it("says that nobody answered", async () => {
    expect(await local.post(at("/hang-up"), {}, "{}")).toEqual({ kind: "unreachable", why: "no-connection" });
    expect(await local.post("http://127.0.0.1:1/", {}, "{}")).toEqual({ kind: "unreachable", why: "no-connection" });
  });

  it("connects to no private address, by number or by name", async () => {
    const before = seen.length;
    for (const url of [at("/x"), `https://127.0.0.1:${port}/`, `https://localhost:${port}/`, "https://[::1]/"]) {
      expect(await outside.post(url, {}, "{}")).toEqual({ kind: "unreachable", why: "address-refused" });
    }
    expect(seen).toHaveLength(before);
  });
});
