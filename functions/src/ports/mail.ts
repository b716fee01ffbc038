import { AccountClient, Errors, ServerClient } from "postmark";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";

/** A notice: address and plain words, without personal content in the body. */
export interface Letter {
  to: string;
  subject: string;
  textBody: string;
  htmlBody: string;
  attachments?: readonly Attachment[];
}

/** A file that goes with a letter. */
export interface Attachment {
  name: string;
  contentType: string;
  content: Uint8Array;
}

/** Sends mail and asks the provider to forget an address. Throws AppError `store-unavailable` where a repeat may succeed. */
export interface Mail {
  /** Hands over one letter. `undeliverable`: the address takes no mail, now and at every repeat. */
  send(letter: Letter): Promise<"sent" | "undeliverable">;
  /** Asks the provider to remove what it holds of an address. `refused`: it takes no such request from this account. */
  requestRemoval(address: string): Promise<"requested" | "refused">;
}

/** Answers to a removal that no repeat changes: no token of the account, no right to ask, no such door, no such address. */
const finalRefusals = new Set([401, 403, 404, 422]);

/**
 * Opens Postmark: letters go by the server's token, removals by the account's, which Postmark keeps apart. Without the
 * account's, every removal is refused. `POSTMARK_ENDPOINT` names a stand-in that speaks its protocol over http.
 *
 * @see postmarkapp.com/developer/api/data-removals-api
 */
export function postmarkMail(config: Config): Mail {
  const endpoint = config.POSTMARK_ENDPOINT === undefined ? undefined : new URL(config.POSTMARK_ENDPOINT);
  const options = { timeout: 20, ...(endpoint === undefined ? {} : { useHttps: false, requestHost: endpoint.host }) };
  const server = new ServerClient(config.POSTMARK_TOKEN ?? "local", options);
  const accountToken = config.POSTMARK_ACCOUNT_TOKEN;
  const account = accountToken === undefined ? undefined : new AccountClient(accountToken, options);
  return {
    async send(letter) {
      try {
        await server.sendEmail({
          From: config.MAIL_FROM,
          To: letter.to,
          Subject: letter.subject,
          TextBody: letter.textBody,
          HtmlBody: letter.htmlBody,
          MessageStream: "outbound",
          TrackOpens: false,
          Attachments: (letter.attachments ?? []).map(({ name, contentType, content }) => ({
            Name: name,
            ContentType: contentType,
            Content: Buffer.from(content).toString("base64"),
            ContentID: "",
          })),
        });
        return "sent";
      } catch (error) {
        if (isDeadAddress(error)) return "undeliverable";
        throw new AppError("store-unavailable", "mail could not be handed to the provider", { cause: error });
      }
    },
    async requestRemoval(address) {
      if (account === undefined) return "refused";
      try {
        await account.requestDataRemoval({
          RequestedBy: config.MAIL_FROM,
          RequestedFor: address,
          NotifyWhenCompleted: false,
        });
        return "requested";
      } catch (error) {
        if (error instanceof Errors.PostmarkError && finalRefusals.has(error.statusCode)) return "refused";
        throw new AppError("store-unavailable", "mail provider could not be asked for a removal", { cause: error });
      }
    },
  };
}

/** An address that bounced or complained (406), or is none (300, which a malformed sender is too). */
function isDeadAddress(error: unknown): boolean {
  if (error instanceof Errors.InactiveRecipientsError) return true;
  return error instanceof Errors.InvalidEmailRequestError && !/'From'/.test(error.message);
}
