/**
 * The Auth and Cloud Storage emulators of the Firebase tools in one process, started from their library: the command line
 * tool needs 20 s and a newer Java for the same. Storage runs without its rules runtime (which would have to be fetched), so
 * no client gets at it: only signed links and administrators do, as in production.
 *
 * node local/emulators/firebase.ts <project> <auth port> <storage port>
 */
import { createRequire } from "node:module";

type App = { listen(port: number, host: string): { keepAliveTimeout: number } };
type AuthServer = { createApp(projectId: string): Promise<App> };
type StorageServer = { createApp(projectId: string, emulator: unknown): Promise<App> };
type Storage = { StorageEmulator: new (options: Record<string, unknown>) => unknown };
type ApiSpec = { default: { paths: Record<string, unknown> } };
type Registry = { EmulatorRegistry: { INSTANCES: Map<string, unknown> } };

const [projectId = "", authPort = "", storagePort = ""] = process.argv.slice(2);
const host = "127.0.0.1";
const denyAll =
  "rules_version='2'; service firebase.storage { match /b/{b}/o { match /{p=**} { allow read, write: if false; } } }";

/**
 * What the product does not use of Firebase Auth. The emulator compiles a validator for every path at start, which takes 6 s
 * for all of them and 2 s for the rest.
 */
const unusedPaths =
  /tenants|saml|idpConfigs|supportedIdps|passkey|mfa|iamPolicy|identityPlatform|gameCenter|phoneNumber|verification|iosClient|recaptcha/i;

const require = createRequire(import.meta.url);
const auth: AuthServer = require("firebase-tools/lib/emulator/auth/server");
const { default: spec }: ApiSpec = require("firebase-tools/lib/emulator/auth/apiSpec");
const storage: Storage = require("firebase-tools/lib/emulator/storage");
const storageServer: StorageServer = require("firebase-tools/lib/emulator/storage/server");
const { EmulatorRegistry }: Registry = require("firebase-tools/lib/emulator/registry");

const emulator = new storage.StorageEmulator({
  projectId,
  host,
  port: Number(storagePort),
  rules: { name: "storage.rules", content: denyAll },
});
// Some of its answers hold links to itself, for which it looks itself up.
EmulatorRegistry.INSTANCES.set("storage", emulator);

for (const path of Object.keys(spec.paths)) if (unusedPaths.test(path)) delete spec.paths[path];
const authApp = await auth.createApp(projectId);
const storageApp = await storageServer.createApp(projectId, emulator);
for (const server of [authApp.listen(Number(authPort), host), storageApp.listen(Number(storagePort), host)]) {
  // Longer than clients keep an idle connection, or a reused one may be reset under a request.
  server.keepAliveTimeout = 120_000;
}
