// Runs a script of this repository under the Node and with the packages that it wants: node local/bootstrap.mjs <script> [args]
//
// Plain JavaScript for any Node from 20 on, without dependencies: on a fresh clone nothing else is there.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const node = join(root, "node_modules/.bin/node");
const stamp = join(root, "node_modules/.lethe-installed");
const oldestNode = 20;

function fail(message) {
  console.error(message);
  process.exit(1);
}

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit" });
  if (error) fail(`${command} cannot be started: ${error.message}`);
  if (status !== 0) fail(`${command} ${args.join(" ")} ended with ${status}`);
}

/** Installs exactly what package-lock.json says, unless that is what was installed last. */
function installPackages() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  const isInstalled = existsSync(node) && existsSync(stamp) && readFileSync(stamp, "utf8") === lock;
  if (isInstalled) return;
  console.log("installing packages (once, and when package-lock.json changes)...");
  // `install --no-save` keeps to the lock and leaves it as it is; `ci` would refuse a registry that lacks builds for other
  // platforms. Install scripts of packages do not run, but for the two that fetch or check a program we use.
  run("npm", ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
  run("npm", ["rebuild", "node", "esbuild", "--loglevel=error"]);
  const { status, stdout } = spawnSync(node, ["--version"], { encoding: "utf8" });
  if (status !== 0) fail(`npm did not install the node of package.json at ${node}`);
  console.log(`packages are installed; scripts run on Node ${stdout.trim()}`);
  writeFileSync(stamp, lock);
}

const [script, ...args] = process.argv.slice(2);
if (script === undefined) fail("usage: node local/bootstrap.mjs <script> [args]");
if (Number(process.versions.node.split(".")[0]) < oldestNode) {
  fail(`Node ${oldestNode} or newer is needed to begin, this is ${process.version}: see https://nodejs.org`);
}
installPackages();

const child = spawn(node, [join(root, script), ...args], {
  stdio: "inherit",
  env: {
    ...process.env,
    LETHE_BOOTSTRAP_PID: String(process.pid),
    PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
  },
});
// npm runs scripts through a shell, which ends at a `kill` of npm without telling anybody.
const parent = process.ppid;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid !== parent && child.kill("SIGTERM"), 500).unref();
}
// A terminal's Ctrl-C reaches the child by itself, as one of the terminal's group; a `kill` of this process does not.
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
process.on("SIGINT", () => {
  if (!process.stdin.isTTY) child.kill("SIGINT");
});
child.on("error", (error) => fail(`${node} cannot be started: ${error.message}`));
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
