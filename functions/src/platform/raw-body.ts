import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

let taken = false;
/** Marks a request whose headers were changed: tests load this module more than once into one process. */
const changed = Symbol.for("lethe.raw-body");

/**
 * Makes the framework hand over every body as bytes. Its own parsers answer a malformed body with an HTML page before
 * our code runs; with the type hidden from them only its raw parser matches, and `serve` and `event` parse themselves.
 */
export function takeRawBodies(): void {
  if (taken) return;
  taken = true;
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage & { [changed]?: true } };
    if (request[changed]) return;
    request[changed] = true;
    const { headers } = request;
    headers["x-body-type"] = headers["content-type"] ?? "";
    headers["x-body-encoding"] = headers["content-encoding"] ?? "";
    headers["content-type"] = "application/octet-stream";
    delete headers["content-encoding"];
    request.url = withWholeEscapes(request.url ?? "/");
  });
}

/** A path that the framework's router cannot decode would get its HTML page too: such a path loses its escapes. */
function withWholeEscapes(url: string): string {
  const [path = "", ...query] = url.split("?");
  try {
    decodeURIComponent(path);
    return url;
  } catch {
    return [path.replaceAll("%", "%25"), ...query].join("?");
  }
}

/** The body as bytes, empty when there is none. */
export function bodyOf(request: { body?: unknown }): Uint8Array {
  return request.body instanceof Uint8Array ? request.body : new Uint8Array();
}
