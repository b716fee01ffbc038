import { existsSync, readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { basename, extname, join } from "node:path";
import { answer } from "./listen.ts";

const contentTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
};

/** A demo tenant's own web site: another site than Lethe's, as in production. */
export type Shop = { serve(path: string, response: ServerResponse): void };

/**
 * @param folder - `emulator-data/<slug>/demo-page`; its pages are flat.
 * @param values - what stands for `{{loader}}`, `{{channelKey}}` and `{{api}}` in the HTML.
 */
export function createShop(folder: string, values: Record<"loader" | "channelKey" | "api", string>): Shop {
  return {
    serve(path, response) {
      const file = join(folder, path === "/" ? "index.html" : basename(path));
      const type = contentTypes[extname(file)];
      if (type === undefined || !existsSync(file)) {
        answer(response, 404, "text/plain; charset=utf-8", "not found");
      } else if (extname(file) === ".html") {
        const html = readFileSync(file, "utf8").replace(/\{\{(loader|channelKey|api)\}\}/g, (_, name) =>
          name === "loader" ? values.loader : name === "api" ? values.api : values.channelKey,
        );
        answer(response, 200, type, html);
      } else {
        answer(response, 200, type, readFileSync(file));
      }
    },
  };
}
