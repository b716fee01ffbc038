import { isIP } from "node:net";
import type { Config } from "../platform/config.ts";
import { AppError } from "../platform/errors.ts";
import { isPublicAddress } from "../ports/webhooks.ts";

const longest = 500;

/**
 * Checks the address of an endpoint, and gives it in one spelling. A name is looked up when it is called, each time.
 *
 * @throws AppError `input-invalid` for anything but `https:`, a user or password, a fragment, a host of one word, or an
 * address that is not public. Hosts of WEBHOOK_LOCAL_HOSTS may be called by `http:`, in the local cloud alone.
 */
export function assertWebhookUrl(config: Pick<Config, "WEBHOOK_LOCAL_HOSTS">, text: string): string {
  const refuse = (why: string) => new AppError("input-invalid", `the endpoint's address ${why}`);
  if (text.length > longest) throw refuse(`is longer than ${longest} characters`);
  if (!URL.canParse(text)) throw refuse("is not a URL");
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (url.username !== "" || url.password !== "")
    throw refuse("holds a user or password: the signature proves the sender");
  if (url.hash !== "") throw refuse("has a fragment, which is never sent");
  if ((config.WEBHOOK_LOCAL_HOSTS ?? "").split(",").includes(host) && /^https?:$/.test(url.protocol)) return url.href;
  if (url.protocol !== "https:") throw refuse("does not begin with https:");
  if (isIP(host) !== 0 ? !isPublicAddress(host) : !/\.[a-z][a-z0-9-]*\.?$/i.test(host)) {
    throw refuse("does not lead to a public host");
  }
  if (/\.(localhost|local|internal|home\.arpa)\.?$/i.test(host)) throw refuse("does not lead to a public host");
  return url.href;
}
