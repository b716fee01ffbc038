import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { bodyOf, type HttpService, sendJson, serveHttp } from "./http-service.ts";
import { mailListPage, mailPage } from "./mail-pages.ts";

/** One message as it was handed in. */
export type SentMail = {
  messageId: string;
  from: string;
  to: string;
  subject: string;
  textBody: string;
  htmlBody: string;
  stream: string;
  attachments: { name: string; contentType: string; contentBase64: string }[];
  submittedAt: string;
};
type Removal = { ID: number; RequestedFor: string; Status: "Pending" | "Done" };
type EmailBody = Record<"From" | "To" | "Subject" | "TextBody" | "HtmlBody" | "MessageStream" | "Attachments", unknown>;

/** What the stand-in takes: a server's token sends, the account's alone has addresses forgotten. */
export const localPostmarkTokens = { server: "local-server", account: "local-account" } as const;

/** How many messages the mail page remembers. */
const keptMails = 500;

/** Postmark's own error codes. @see postmarkapp.com/developer/api/overview#error-codes */
const errorCodes = {
  badToken: 10,
  invalidEmail: 300,
  inactiveRecipient: 406,
  notFound: 501,
  invalidJson: 402,
} as const;

/**
 * A stand-in for Postmark over its own HTTP protocol. It sends nothing: `/mail` shows what was handed in, `/mail.json` the same for
 * tests. Addresses at `bounce.example` are refused as inactive. As at Postmark, neither token opens the other's door.
 *
 * @param options.port - 0 takes a free one.
 */
export async function startPostmark(options: { port: number }): Promise<HttpService> {
  const mails: SentMail[] = [];
  const removals: Removal[] = [];
  return serveHttp(options.port, async (request, response) => {
    const path = (request.url ?? "").split("?")[0] ?? "";
    if (request.method === "GET" && path === "/mail.json") return sendJson(response, 200, mails);
    if (request.method === "DELETE" && path === "/mail.json") {
      mails.length = 0;
      return sendJson(response, 200, {});
    }
    if (request.method === "GET" && path === "/mail") return sendPage(response, mailListPage(mails));
    if (request.method === "GET" && path.startsWith("/mail/")) {
      const mail = mails.find((one) => one.messageId === path.slice("/mail/".length));
      return mail === undefined ? sendJson(response, 404, {}) : sendPage(response, mailPage(mail));
    }
    await serveApi(request, response, { path, mails, removals });
  });
}

type State = { path: string; mails: SentMail[]; removals: Removal[] };

async function serveApi(request: IncomingMessage, response: ServerResponse, state: State): Promise<void> {
  const { path, mails, removals } = state;
  const kind = path.startsWith("/data-removals") ? "account" : "server";
  const header = `x-postmark-${kind}-token`;
  const refuse = (status: number, ErrorCode: number, Message: string) =>
    sendJson(response, status, { ErrorCode, Message });
  if (request.headers[header] !== localPostmarkTokens[kind]) {
    return refuse(401, errorCodes.badToken, `No or incorrect ${header} header.`);
  }
  const text = await bodyOf(request);
  const body = text === "" ? {} : parsed(text);
  if (body === undefined) return refuse(422, errorCodes.invalidJson, "Received invalid JSON input.");
  if (request.method === "POST" && path === "/email") {
    const to = String(body.To ?? "");
    if (!/^[^@\s]+@[^@\s]+$/.test(addressIn(to))) {
      return refuse(422, errorCodes.invalidEmail, "Invalid 'To' address.");
    }
    if (addressIn(to).endsWith("@bounce.example")) {
      return refuse(
        422,
        errorCodes.inactiveRecipient,
        "You tried to send to recipients that have been marked as inactive.",
      );
    }
    const mail = mailFrom(body);
    mails.push(mail);
    if (mails.length > keptMails) mails.shift();
    const answer = { To: to, SubmittedAt: mail.submittedAt, MessageID: mail.messageId, ErrorCode: 0, Message: "OK" };
    return sendJson(response, 200, answer);
  }
  if (request.method === "POST" && path === "/data-removals") {
    const removal: Removal = { ID: removals.length + 1, RequestedFor: String(body.RequestedFor), Status: "Pending" };
    removals.push(removal);
    forget(mails, removal.RequestedFor);
    return sendJson(response, 200, { ID: removal.ID, Status: removal.Status });
  }
  const asked = removals.find((removal) => path === `/data-removals/${removal.ID}`);
  if (request.method === "GET" && asked !== undefined) {
    asked.Status = "Done";
    return sendJson(response, 200, { ID: asked.ID, Status: asked.Status });
  }
  return refuse(404, errorCodes.notFound, `No ${request.method} ${path} here.`);
}

/** What Postmark does with a data removal request: the person's messages go. */
function forget(mails: SentMail[], address: string): void {
  const kept = mails.filter((mail) => addressIn(mail.to) !== address.toLowerCase());
  mails.splice(0, mails.length, ...kept);
}

function mailFrom(body: Partial<EmailBody>): SentMail {
  const text = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    messageId: randomUUID(),
    from: text(body.From),
    to: text(body.To),
    subject: text(body.Subject),
    textBody: text(body.TextBody),
    htmlBody: text(body.HtmlBody),
    stream: text(body.MessageStream) || "outbound",
    attachments: attachmentsFrom(body.Attachments),
    submittedAt: new Date().toISOString(),
  };
}

function attachmentsFrom(value: unknown): SentMail["attachments"] {
  if (!Array.isArray(value)) return [];
  return (value as Partial<Record<"Name" | "ContentType" | "Content", string>>[]).map((one) => ({
    name: String(one.Name),
    contentType: String(one.ContentType),
    contentBase64: String(one.Content),
  }));
}

/** The bare address in `Name <address>`, lower case. */
function addressIn(text: string): string {
  return (/<([^>]*)>/.exec(text)?.[1] ?? text).trim().toLowerCase();
}

function parsed(text: string): (Partial<EmailBody> & { RequestedFor?: unknown }) | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(html);
}
