import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Mail, postmarkMail } from "../../functions/src/ports/mail.ts";
import type { HttpService } from "../../local/standins/http-service.ts";
import { startPostmark } from "../../local/standins/postmark.ts";
import { fakeMail } from "../fakes/mail.ts";
import { testDeps } from "../support/test-deps.ts";

let service: HttpService;
beforeAll(async () => {
  service = await startPostmark({ port: 0 });
});
afterAll(() => service.close());

const real = () => {
  const { config } = testDeps({ env: { POSTMARK_ENDPOINT: `http://127.0.0.1:${service.port}` } });
  return postmarkMail(config);
};
const letter = { to: "owner@shop.example", subject: "A letter", textBody: "Words.\n", htmlBody: "<p>Words.</p>" };
const content = Buffer.from('{"signed":"ü"}\n');

describe.each<[string, () => Mail]>([
  ["the fake", fakeMail],
  ["Postmark", real],
])("mail at %s", (_name, open) => {
  it("takes a letter with and without a file, and asks for the removal of an address", async () => {
    const mail = open();
    const plain = await mail.send(letter);
    const attachments = [{ name: "certificate.json", contentType: "application/json", content }];
    expect(await mail.send({ ...letter, attachments })).not.toBe(plain);
    expect(await mail.requestRemoval("somebody@shop.example")).not.toBe("");
  });
});

describe("mail at Postmark", () => {
  it("carries a file byte by byte, and shows it on the mail page", async () => {
    const attachments = [{ name: "certificate.json", contentType: "application/json", content }];
    const messageId = await real().send({ ...letter, to: "keeper@shop.example", attachments });
    const mails = (await (await fetch(`http://127.0.0.1:${service.port}/mail.json`)).json()) as {
      messageId: string;
      attachments: { name: string; contentBase64: string }[];
    }[];
    const [sent] = mails.find((one) => one.messageId === messageId)?.attachments ?? [];
    expect(sent?.name).toBe("certificate.json");
    expect(Buffer.from(sent?.contentBase64 ?? "", "base64")).toEqual(content);
    const page = await (await fetch(`http://127.0.0.1:${service.port}/mail/${messageId}`)).text();
    expect(page).toContain('download="certificate.json"');
  });
});
