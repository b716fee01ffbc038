import type { Server } from "node:http";
import { z } from "zod";
import { advanceClock } from "./clock-file.ts";
import type { InstanceState } from "./instances.ts";
import { answer, listen, readBody } from "./listen.ts";

const advanceShape = z.strictObject({ advanceSeconds: z.number().min(0) });

/**
 * What tests and people ask a local cloud: `GET /health`, `GET /instances` (functions that run, with their process ids) and
 * `POST /clock` {advanceSeconds}, which moves the time of every function and schedule forward. Nothing of this exists in production.
 */
export function startControl(options: {
  port: number;
  clockFile: string;
  health: () => { ready: boolean; services: Record<string, boolean> };
  instances: () => InstanceState[];
  onError: (error: unknown) => void;
}): Promise<Server> {
  return listen(
    options.port,
    async (request, response) => {
      const json = (status: number, body: unknown) =>
        answer(response, status, "application/json", JSON.stringify(body));
      const asked = `${request.method} ${request.url}`;
      if (asked === "GET /health") {
        const health = options.health();
        return json(health.ready ? 200 : 503, health);
      }
      if (asked === "GET /instances") return json(200, options.instances());
      if (asked === "POST /clock") {
        const body = advanceShape.safeParse(JSON.parse((await readBody(request, 1000))?.toString("utf8") || "{}"));
        if (!body.success) return json(400, { error: "expected {advanceSeconds} of 0 or more" });
        return json(200, { offsetSeconds: advanceClock(options.clockFile, body.data.advanceSeconds) });
      }
      json(404, { error: `no ${asked}` });
    },
    options.onError,
  );
}
