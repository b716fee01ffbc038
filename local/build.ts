import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { build, type Metafile } from "esbuild";
import { readFunctions } from "../terraform/functions.ts";

const root = join(import.meta.dirname, "..");
const dist = join(root, "dist");

/** Where the bundles of functions are: `<name>/index.js`, its chunks, and what a deployment needs beside them. */
export const functionsFolder = join(dist, "functions");
/** What Firebase Hosting serves: the console at the root, the widget under `widget/`. */
export const siteFolder = join(dist, "hosting");

/** What was made of one part, and whether anything had to be done. */
export type Built = { part: string; skipped: boolean; milliseconds: number; note?: string };

type Part = {
  name: string;
  /** Files whose content decides whether the part is up to date. */
  inputs: readonly string[];
  output: string;
  make: () => Promise<string | undefined>;
};

/**
 * Bundles functions, widget and console into `dist/`, each unless its sources are what they were at the last build.
 *
 * @throws Error with the compiler's messages when a part does not build.
 */
export async function buildAll(): Promise<Built[]> {
  return Promise.all([buildFunctions(), buildSite()]).then((parts) => parts.flat());
}

/** Bundles every function that has an entry point, each into a file of its own. */
export async function buildFunctions(): Promise<Built[]> {
  const inputs = ["functions/src/**/*.ts", "terraform/functions.json", "package-lock.json", "local/build.ts"];
  return [await madeUnlessCurrent({ name: "functions", inputs, output: functionsFolder, make: bundleFunctions })];
}

/** Builds what Hosting serves. The console comes first, since its build empties the folder. */
export async function buildSite(): Promise<Built[]> {
  const console = ["hosting/console/**/*", "package-lock.json", "local/build.ts"];
  return [
    await madeUnlessCurrent({ name: "console", inputs: console, output: siteFolder, make: buildConsole }),
    await buildWidget(),
  ];
}

/** Builds what a page of a business loads: button, panel and its style. */
export async function buildWidget(): Promise<Built> {
  const inputs = ["hosting/widget/**/*", "local/build.ts"];
  return madeUnlessCurrent({ name: "widget", inputs, output: join(siteFolder, "widget"), make: bundleWidget });
}

async function madeUnlessCurrent(part: Part): Promise<Built> {
  const started = performance.now();
  const stamp = join(dist, "stamps", part.name);
  const hash = contentHash(part.inputs);
  const skipped = existsSync(part.output) && existsSync(stamp) && readFileSync(stamp, "utf8") === hash;
  let note: string | undefined;
  if (!skipped) {
    rmSync(stamp, { force: true });
    note = await part.make();
    mkdirSync(join(dist, "stamps"), { recursive: true });
    writeFileSync(stamp, hash);
  }
  const built = { part: part.name, skipped, milliseconds: Math.round(performance.now() - started) };
  return note === undefined ? built : { ...built, note };
}

function contentHash(patterns: readonly string[]): string {
  const hash = createHash("sha256");
  for (const file of globSync([...patterns], { cwd: root }).sort()) {
    const path = join(root, file);
    if (!statSync(path).isFile()) continue;
    hash.update(`${file}\0`).update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}

/**
 * One pass makes all bundles: what functions share is linked once, into chunks, and each function's folder gets the chunks that
 * it can reach. What a function imports lazily stays in a chunk that a cold start does not read.
 */
async function bundleFunctions(): Promise<string | undefined> {
  const names = Object.keys(readFunctions());
  const entry = (name: string) => join(root, "functions/src/entrypoints", `${name}.ts`);
  const present = names.filter((name) => existsSync(entry(name)));
  const flat = join(dist, `chunks-${process.pid}`);
  const next = join(dist, `functions-${process.pid}`);
  const { metafile } = await build({
    entryPoints: present.map((name) => ({ in: entry(name), out: name })),
    absWorkingDir: root,
    outdir: flat,
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    platform: "node",
    format: "esm",
    target: "node24",
    // Neither minified nor mapped: a stack trace names functions as they are, and a map is larger than its bundle.
    keepNames: true,
    // CommonJS packages in a module still call `require` for what Node brings along.
    banner: { js: commonJsNames },
    // A bundled copy of the framework would have a registry of its own, and the one that serves would find no function.
    external: ["@google-cloud/functions-framework"],
    metafile: true,
    logLevel: "silent",
  });
  for (const name of present) {
    const folder = join(next, name);
    mkdirSync(folder, { recursive: true });
    for (const file of reachableFrom(metafile, `${name}.js`)) {
      linkSync(join(flat, file), join(folder, file === `${name}.js` ? "index.js" : file));
    }
    writeFileSync(join(folder, "package.json"), packageJson(name));
  }
  rmSync(functionsFolder, { recursive: true, force: true });
  renameSync(next, functionsFolder);
  rmSync(flat, { recursive: true, force: true });
  const absent = names.filter((name) => !present.includes(name));
  return absent.length === 0 ? undefined : `no entry point yet: ${absent.join(", ")}`;
}

const commonJsNames = [
  'import { createRequire as letheCreateRequire } from "node:module";',
  "const require = letheCreateRequire(import.meta.url);",
  "const __filename = import.meta.filename, __dirname = import.meta.dirname;",
].join(" ");

/** @returns names of the outputs that `entry` imports, at once or lazily, and its own. */
function reachableFrom(metafile: Metafile, entry: string): string[] {
  const imports = new Map(
    Object.entries(metafile.outputs).map(([path, output]) => [
      basename(path),
      output.imports.filter((one) => one.external !== true).map((one) => basename(one.path)),
    ]),
  );
  const found = new Set<string>();
  const queue = [entry];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (found.has(name)) continue;
    found.add(name);
    queue.push(...(imports.get(name) ?? []));
  }
  return [...found];
}

/**
 * Gives a run a copy of the bundles that no later build changes under it; files are linked, not copied.
 *
 * @param folder - where they go; it must not exist.
 */
export function linkBundles(folder: string): void {
  // Beside the folders may lie zips of an earlier `npm run bundle`.
  for (const name of readdirSync(functionsFolder).filter((one) => !one.endsWith(".zip"))) {
    mkdirSync(join(folder, name), { recursive: true });
    for (const file of readdirSync(join(functionsFolder, name))) {
      linkSync(join(functionsFolder, name, file), join(folder, name, file));
    }
  }
}

/** What Cloud Build installs beside the bundle. */
function packageJson(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const framework = "@google-cloud/functions-framework";
  return JSON.stringify(
    {
      name,
      private: true,
      type: "module",
      main: "index.js",
      engines: { node: "24" },
      dependencies: { [framework]: dependencies[framework] },
    },
    null,
    2,
  );
}

async function bundleWidget(): Promise<string | undefined> {
  const folder = join(root, "hosting/widget");
  const entryPoints = ["loader.ts", "panel.ts", "panel.css"]
    .map((name) => join(folder, "src", name))
    .filter((path) => existsSync(path));
  if (entryPoints.length === 0) return "hosting/widget has no sources yet";
  const output = join(siteFolder, "widget");
  rmSync(output, { recursive: true, force: true });
  await build({
    entryPoints,
    outdir: output,
    bundle: true,
    minify: true,
    format: "iife",
    target: "es2022",
    legalComments: "none",
    logLevel: "silent",
  });
  if (existsSync(join(folder, "public"))) cpSync(join(folder, "public"), output, { recursive: true });
  return undefined;
}

async function buildConsole(): Promise<string | undefined> {
  const folder = join(root, "hosting/console");
  if (!existsSync(join(folder, "src/main.tsx"))) return "hosting/console has no src/main.tsx yet";
  const { build: viteBuild } = await import("vite");
  await viteBuild({
    configFile: join(folder, "vite.config.ts"),
    root: folder,
    logLevel: "error",
    build: { outDir: siteFolder, emptyOutDir: true },
  });
  // The widget lived in the folder that was emptied.
  rmSync(join(dist, "stamps", "widget"), { force: true });
  return undefined;
}
