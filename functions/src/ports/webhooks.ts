import { lookup } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { BlockList, isIP, type LookupFunction } from "node:net";
import type { Config } from "../platform/config.ts";

/** What an endpoint answered; `unreachable` says why there was no answer, without words of the network's own. */
export type WebhookAnswer =
  | { kind: "answered"; status: number; body: string }
  | { kind: "unreachable"; why: "address-refused" | "timeout" | "no-connection" | "answer-too-large" };

/** Hands a signed message to an endpoint of a business. Never throws for what the endpoint or the network does. */
export interface Webhooks {
  /**
   * Posts one message. Redirects are answers, and not followed.
   *
   * @param url - as `assertWebhookUrl` let it pass.
   * @param headers - besides content type and length.
   */
  post(url: string, headers: Readonly<Record<string, string>>, body: string): Promise<WebhookAnswer>;
}

const answerLimitMs = 15_000;
const answerLimitBytes = 16 * 1024;

/** Addresses that lead to nobody outside, or to machines of ours. @see RFC 6890, RFC 5735 */
const refusedV4: readonly [string, number][] = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.31.196.0", 24],
  ["192.52.193.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["192.175.48.0", 24],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
];
/** Of global unicast (2000::/3), which alone is called: documentation, benchmarks, and tunnels that hold an IPv4 address. */
const refusedV6: readonly [string, number][] = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
];

const refused = new BlockList();
for (const [net, bits] of refusedV4) refused.addSubnet(net, bits, "ipv4");
for (const [net, bits] of refusedV6) refused.addSubnet(net, bits, "ipv6");
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address is one that machines outside have: none of ours, of this host, of a private or reserved net. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address);
  if (version === 4) return !refused.check(address, "ipv4");
  return version === 6 && globalUnicast.check(address, "ipv6") && !refused.check(address, "ipv6");
}

class AddressRefused extends Error {}

/** Resolves a name to addresses of which each may be called: the connection is made to what was looked at here. */
const publicLookup: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error !== null) {
      callback(error, "", 0);
      return;
    }
    const [first] = addresses;
    if (first === undefined) callback(new Error("no address"), "", 0);
    else if (!addresses.every(({ address }) => isPublicAddress(address))) callback(new AddressRefused(), "", 0);
    else if (options.all) callback(null, addresses);
    else callback(null, first.address, first.family);
  });
};

/** Calls endpoints over HTTPS. WEBHOOK_LOCAL_HOSTS names hosts that are called as they are, for the local cloud. */
export function httpWebhooks(config: Pick<Config, "WEBHOOK_LOCAL_HOSTS">): Webhooks {
  const localHosts = new Set((config.WEBHOOK_LOCAL_HOSTS ?? "").split(",").filter((host) => host !== ""));
  return {
    post(url, headers, body) {
      const { protocol, hostname } = new URL(url);
      const host = hostname.replace(/^\[|\]$/g, "");
      const isLocal = localHosts.has(host);
      // A literal address is never looked up, so it is looked at here.
      const isRefused = !isLocal && (protocol !== "https:" || (isIP(host) !== 0 && !isPublicAddress(host)));
      if (isRefused) return Promise.resolve({ kind: "unreachable", why: "address-refused" });
      const request = protocol === "https:" ? requestHttps : requestHttp;
      return new Promise<WebhookAnswer>((resolve) => {
        const fail = (error: Error) => {
          const why = error instanceof AddressRefused ? "address-refused" : "no-connection";
          resolve({ kind: "unreachable", why });
        };
        const outgoing = request(url, {
          method: "POST",
          agent: false,
          headers: {
            "content-type": "application/json",
            "content-length": Buffer.byteLength(body),
            "user-agent": "Lethe-Webhooks/1",
            ...headers,
          },
          ...(isLocal ? {} : { lookup: publicLookup }),
        });
        // The time of the whole call, not of one silence within it.
        const timer = setTimeout(() => {
          resolve({ kind: "unreachable", why: "timeout" });
          outgoing.destroy();
        }, answerLimitMs);
        outgoing.on("close", () => clearTimeout(timer));
        outgoing.on("error", fail);
        outgoing.on("response", (answer) => {
          const parts: Buffer[] = [];
          let size = 0;
          answer.on("error", fail);
          answer.on("data", (part: Buffer) => {
            size += part.length;
            parts.push(part);
            if (size <= answerLimitBytes) return;
            resolve({ kind: "unreachable", why: "answer-too-large" });
            outgoing.destroy();
          });
          answer.on("end", () => {
            resolve({
              kind: "answered",
              status: answer.statusCode ?? 0,
              body: Buffer.concat(parts).toString("utf8"),
            });
          });
        });
        outgoing.end(body);
      });
    },
  };
}
