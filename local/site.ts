import { existsSync, readFileSync, statSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { z } from "zod";
import { answer } from "./listen.ts";

const contentTypes: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".ico": "image/x-icon",
  ".txt": "text/plain; charset=utf-8",
};

const hostingShape = z.object({
  hosting: z.object({
    headers: z.array(
      z.object({ source: z.string(), headers: z.array(z.object({ key: z.string(), value: z.string() })) }),
    ),
  }),
});

/** Serves the files of a folder as Firebase Hosting does: its headers, and `index.html` for every path but the widget's. */
export type Site = { serve(path: string, response: ServerResponse): void };

/**
 * @param folder - what Hosting would be given.
 * @param firebaseJson - path of the file that says which headers Hosting sends.
 * @param extra - headers of this deployment for console pages, such as a policy that names its origins.
 * @param made - files that a deployment writes, by path, such as `/config.json`.
 */
export function createSite(options: {
  folder: string;
  firebaseJson: string;
  extra: Record<string, string>;
  made: Record<string, string>;
}): Site {
  const rules = hostingShape.parse(JSON.parse(readFileSync(options.firebaseJson, "utf8"))).hosting.headers;
  const headersFor = (path: string) => {
    const matching = rules.filter((rule) => matches(rule.source, path)).flatMap((rule) => rule.headers);
    const own = Object.fromEntries(matching.map(({ key, value }) => [key.toLowerCase(), value]));
    return isWidget(path) ? own : { ...own, ...options.extra };
  };
  return {
    serve(path, response) {
      const made = options.made[path];
      if (made !== undefined) {
        answer(response, 200, "application/json", made, { ...headersFor(path), "cache-control": "no-cache" });
        return;
      }
      const file = fileFor(options.folder, path);
      if (file === undefined) {
        answer(response, 404, "text/plain; charset=utf-8", "not found");
        return;
      }
      const type = contentTypes[extname(file)] ?? "application/octet-stream";
      answer(response, 200, type, readFileSync(file), headersFor(path));
    },
  };
}

function isWidget(path: string): boolean {
  return path.startsWith("/widget/");
}

/** @returns the file of a path, the console's page for a path of its router, or `undefined`. */
function fileFor(folder: string, path: string): string | undefined {
  const file = join(folder, normalize(path));
  // `normalize` has removed `..`, and an encoded one is a file name like any other.
  if (existsSync(file) && statSync(file).isFile()) return file;
  const page = join(folder, "index.html");
  return !isWidget(path) && extname(path) === "" && existsSync(page) ? page : undefined;
}

/** The globs of firebase.json that the repository uses: `**`, a folder's `**`, and `!` before either. */
function matches(source: string, path: string): boolean {
  if (source.startsWith("!")) return !matches(source.slice(1), path);
  if (source === "**") return true;
  if (source.endsWith("/**")) return path.startsWith(source.slice(0, -2));
  return source === path;
}
