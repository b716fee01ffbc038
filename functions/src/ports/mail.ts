import { ServerClient } from "postmark";
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

/** Sends mail and asks the provider to forget an address. Throws AppError `store-unavailable` when the provider cannot be reached. */
export interface Mail {
  /** Sends one letter; the provider's message id. */
  send(letter: Letter): Promise<string>;
  /** Asks the provider to remove what it holds of an address; the provider's id of the request. */
  requestRemoval(address: string): Promise<string>;
}

/** Opens Postmark. `POSTMARK_ENDPOINT` names a stand-in that speaks its protocol over http. */
export function postmarkMail(config: Config): Mail {
  const endpoint = config.POSTMARK_ENDPOINT === undefined ? undefined : new URL(config.POSTMARK_ENDPOINT);
  const base = endpoint === undefined ? "https://api.postmarkapp.com" : endpoint.origin;
  const token = config.POSTMARK_TOKEN ?? "local";
  const client = new ServerClient(token, {
    timeout: 20,
    ...(endpoint === undefined ? {} : { useHttps: false, requestHost: endpoint.host }),
  });
  return {
    async send(letter) {
      try {
        const answer = await client.sendEmail({
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
        return answer.MessageID;
      } catch (error) {
        throw new AppError("store-unavailable", "mail could not be handed to the provider", { cause: error });
      }
    },
    async requestRemoval(address) {
      const answer = await fetch(`${base}/data-removals`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json", "x-postmark-account-token": token },
        body: JSON.stringify({ RequestedBy: config.MAIL_FROM, RequestedFor: address, NotifyWhenCompleted: false }),
      }).catch((error: unknown) => {
        throw new AppError("store-unavailable", "mail provider could not be reached for a removal", { cause: error });
      });
      if (!answer.ok) throw new AppError("store-unavailable", `mail provider refused a removal with ${answer.status}`);
      const { ID: id } = (await answer.json()) as { ID: number };
      return String(id);
    },
  };
}
