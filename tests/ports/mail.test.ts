import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Mail, postmarkMail } from "../../functions/src/ports/mail.ts";
import type { HttpService } from "../../local/standins/http-service.ts";
import { sendJson, serveHttp } from "../../local/standins/http-service.ts";
import { localPostmarkTokens, startPostmark } from "../../local/standins/postmark.ts";
import { fakeMail } from "../fakes/mail.ts";
import { testDeps } from "../support/test-deps.ts";

let service: HttpService;
beforeAll(async () => {
  service = await startPostmark({ port: 0 });
});
afterAll(() => service.close());

const { server, account } = localPostmarkTokens;
const open = (env: Record<string, string>, port = service.port) =>
  postmarkMail(testDeps({ env: { POSTMARK_ENDPOINT: `http://127.0.0.1:${port}`, ...env } }).config);
const real = () => open({ POSTMARK_TOKEN: server, POSTMARK_ACCOUNT_TOKEN: account });
const letter = { to: "owner@shop.example", subject: "A letter", textBody: "Words.\n", htmlBody: "<p>Words.</p>" };
const content = Buffer.from('{"signed":"ü"}\n');

describe.each<[string, () => Mail]>([
  ["the fake", fakeMail],
  ["Postmark", real],
])("mail at %s", (_name, openMail) => {
  it("takes a letter with and without a file, and asks for the removal of an address", async () => {
    const mail = openMail();
    expect(await mail.send(letter)).toBe("sent");
    const attachments = [{ name: "certificate.json", contentType: "application/json", content }];
    expect(await mail.send({ ...letter, attachments })).toBe("sent");
    expect(await mail.requestRemoval("somebody@shop.example")).toBe("requested");
  });

  it("says of an address that takes no mail, or is none, that no repeat helps", async () => {
    const mail = openMail();
    expect(await mail.send({ ...letter, to: "gone@bounce.example" })).toBe("undeliverable");
    expect(await mail.send({ ...letter, to: "nobody" })).toBe("undeliverable");
  });
});

describe("mail at Postmark", () => {
  it("carries a file byte by byte, and shows it on the mail page", async () => {
    const attachments = [{ name: "certificate.json", contentType: "application/json", content }];
    await real().send({ ...letter, to: "keeper@shop.example", attachments });
    const mails = (await (await fetch(`http://127.0.0.1:${service.port}/mail.json`)).json()) as {
      messageId: string;
      to: string;
      attachments: { name: string; contentBase64: string }[];
    }[];
    const mail = mails.find(({ to }) => to === "keeper@shop.example");
    const [sent] = mail?.attachments ?? [];
    expect(sent?.name).toBe("certificate.json");
    expect(Buffer.from(sent?.contentBase64 ?? "", "base64")).toEqual(content);
    const page = await (await fetch(`http://127.0.0.1:${service.port}/mail/${mail?.messageId}`)).text();
    expect(page).toContain('download="certificate.json"');
  });

  it("is refused a removal for good without the account's own token, and a letter only for now", async () => {
    const swapped = open({ POSTMARK_TOKEN: account, POSTMARK_ACCOUNT_TOKEN: server });
    expect(await swapped.requestRemoval("somebody@shop.example")).toBe("refused");
    await expect(swapped.send(letter)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await open({ POSTMARK_TOKEN: server }).requestRemoval("somebody@shop.example")).toBe("refused");
  });

  it("takes a provider's bad hour, and a sender that is none, for failures that pass", async () => {
    let answer: [number, object] = [503, { ErrorCode: 100, Message: "Maintenance" }];
    const ill = await serveHttp(0, async (_request, response) => sendJson(response, ...answer));
    const mail = open({ POSTMARK_ACCOUNT_TOKEN: account }, ill.port);
    await expect(mail.requestRemoval("somebody@shop.example")).rejects.toMatchObject({ code: "store-unavailable" });
    await expect(mail.send(letter)).rejects.toMatchObject({ code: "store-unavailable" });
    answer = [422, { ErrorCode: 300, Message: "Invalid 'From' address: 'x'." }];
    await expect(mail.send(letter)).rejects.toMatchObject({ code: "store-unavailable" });
    await ill.close();
  });
});
