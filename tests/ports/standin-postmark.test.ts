import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { ServerClient } from "postmark";
import type { HttpService } from "../../local/standins/http-service.ts";
import { localPostmarkTokens, startPostmark } from "../../local/standins/postmark.ts";

let postmark: HttpService;
let client: ServerClient;
const at = (path: string) => `http://127.0.0.1:${postmark.port}${path}`;
const letter = { From: "Lethe <privacy@lethe.example>", Subject: "Your receipt", TextBody: "See https://x.example/r" };

beforeAll(async () => {
  postmark = await startPostmark({ port: 0 });
  client = new ServerClient(localPostmarkTokens.server, { useHttps: false, requestHost: `127.0.0.1:${postmark.port}` });
});
afterAll(() => postmark.close());

describe("the Postmark stand-in", () => {
  it("takes a letter and shows it to people and to tests", async () => {
    const sent = await client.sendEmail({ ...letter, To: "Ann <ann@example.com>", HtmlBody: "<p>See <b>it</b></p>" });
    expect(sent.ErrorCode).toBe(0);
    const mails = await (await fetch(at("/mail.json"))).json();
    expect(mails).toMatchObject([{ messageId: sent.MessageID, to: "Ann <ann@example.com>", subject: "Your receipt" }]);
    expect(await (await fetch(at("/mail"))).text()).toContain("Your receipt");
    const page = await (await fetch(at(`/mail/${sent.MessageID}`))).text();
    expect(page).toContain('<a href="https://x.example/r">');
    expect(page).toContain("&lt;b&gt;it&lt;/b&gt;");
    expect(page).not.toContain("<b>it</b>");
  });

  it("refuses as Postmark does: no token, no address, an address that bounced", async () => {
    expect((await fetch(at("/email"), { method: "POST", body: "{}" })).status).toBe(401);
    const { server, account } = localPostmarkTokens;
    for (const [path, header, token] of [
      ["/email", "x-postmark-server-token", account],
      ["/data-removals", "x-postmark-account-token", server],
    ] as const) {
      expect((await fetch(at(path), { method: "POST", headers: { [header]: token }, body: "{}" })).status).toBe(401);
    }
    await expect(client.sendEmail({ ...letter, To: "nobody" })).rejects.toMatchObject({ code: 300, statusCode: 422 });
    await expect(client.sendEmail({ ...letter, To: "a@bounce.example" })).rejects.toMatchObject({ code: 406 });
  });

  it("forgets an address when asked, and says how far it is", async () => {
    await client.sendEmail({ ...letter, To: "bob@example.com" });
    const headers = { "x-postmark-account-token": localPostmarkTokens.account, "content-type": "application/json" };
    const body = JSON.stringify({
      RequestedBy: "p@lethe.example",
      RequestedFor: "Bob@example.com",
      NotifyWhenCompleted: false,
    });
    const asked = await (await fetch(at("/data-removals"), { method: "POST", headers, body })).json();
    expect(asked).toMatchObject({ Status: "Pending" });
    expect(await (await fetch(at("/mail.json"))).text()).not.toContain("bob@example.com");
    const state = await (await fetch(at(`/data-removals/${asked.ID}`), { headers })).json();
    expect(state).toMatchObject({ ID: asked.ID, Status: "Done" });
  });
});
