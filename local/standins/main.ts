/**
 * The stand-ins of one local cloud, in one process: node local/standins/main.ts <port base> [<clock file>]
 *
 * Beside their own protocols they answer to tests on one control port: `GET /kms/calls` (method -> count), `PUT /kms/denied`
 * (a list of key names the caller may not use) and `PUT /kms/faults` ({status, count}).
 */

import { offsetMsFrom } from "../clock-file.ts";
import { portsFrom } from "../ports.ts";
import { bodyOf, sendJson, serveHttp } from "./http-service.ts";
import { startKms } from "./kms.ts";
import { startPostmark } from "./postmark.ts";
import { startScheduler } from "./scheduler.ts";
import { startStripe } from "./stripe.ts";
import { startVertex } from "./vertex.ts";

const [, , base, clockFile] = process.argv;
const ports = portsFrom(Number(base));
/** Tests run at full speed; in a local cloud, which has a clock, answers take a little while, as a model's do. */
const latency = clockFile === undefined ? { firstMs: 0, pieceMs: 0 } : { firstMs: 80, pieceMs: 12 };
const [kms] = await Promise.all([
  startKms({ port: ports.kms }),
  startVertex({ port: ports.vertex, latency }),
  startScheduler({ port: ports.scheduler, now: () => new Date(Date.now() + offsetMsFrom(clockFile)) }),
  startStripe({ port: ports.stripe }),
  startPostmark({ port: ports.postmark }),
]);

await serveHttp(ports.standins, async (request, response) => {
  const asked = `${request.method} ${request.url}`;
  if (asked === "GET /health") return sendJson(response, 200, { ok: true });
  if (asked === "GET /kms/calls") return sendJson(response, 200, kms.calls());
  if (asked === "PUT /kms/denied") {
    kms.deny(JSON.parse(await bodyOf(request)));
    return sendJson(response, 200, {});
  }
  if (asked === "PUT /kms/faults") {
    const { status, count } = JSON.parse(await bodyOf(request));
    kms.failNext(status, count);
    return sendJson(response, 200, {});
  }
  sendJson(response, 404, { error: `no ${asked}` });
});
