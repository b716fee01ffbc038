import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { parseConfig } from "../../functions/src/platform/config.ts";
import { buildDeps, type Deps } from "../../functions/src/platform/deps.ts";
import type { Clock } from "../../functions/src/ports/clock.ts";
import { type FakeClock, fakeClock } from "../../tests/fakes/clock.ts";
import { type FakePublisher, fakePublisher } from "../../tests/fakes/publisher.ts";
import { tenantIdOf } from "../../tests/support/test-deps.ts";

/** The clients of a function on the emulators; time passes and messages are delivered when a measurement says so. */
export type JobDeps = Deps & { readonly clock: FakeClock; readonly publisher: FakePublisher };

function buildClients(project: string, environment: Readonly<Record<string, string | undefined>>): Deps {
  const names = ["FIRESTORE_EMULATOR_HOST", "KMS_ENDPOINT", "STORAGE_EMULATOR_HOST"] as const;
  return buildDeps(
    parseConfig({
      LETHE_ENV: "local",
      GOOGLE_CLOUD_PROJECT: project,
      REGION: "eu",
      APP_ORIGIN: "http://localhost:8100",
      API_ORIGIN: "http://localhost:8101",
      SESSION_SEALING_KEY: Buffer.alloc(32, 7).toString("base64"),
      ...Object.fromEntries(names.map((name) => [name, environment[name]])),
    }),
  );
}

/**
 * Dependencies of jobs in a project of its own, whose platform keys exist.
 *
 * @param environment - where emulators and stand-ins listen; Firestore is found through this process's own environment.
 */
export function jobDeps(project: string, environment: Readonly<Record<string, string | undefined>>): JobDeps {
  return Object.create(buildClients(project, environment), {
    clock: { value: fakeClock(new Date()) },
    publisher: { value: fakePublisher() },
  });
}

/** The same with the time of this machine. */
export function timedDeps(
  project: string,
  environment: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Deps {
  return Object.create(buildClients(project, environment), { clock: { value: clock } });
}

/** Makes a tenant's keys, before anything of it is written. @returns its id. */
export async function openTenant(deps: Deps, name: string): Promise<string> {
  const tenantId = tenantIdOf(name, deps.config.REGION);
  await createTenantKeys(deps, tenantId);
  return tenantId;
}

/**
 * Closes the Firestore clients and deletes what was written, so that an emulator that others share keeps its memory.
 *
 * @param environment - names the emulator itself: a proxy before it knows no such call.
 */
export async function leaveProject(
  { stores, config }: Deps,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await Promise.all([stores.data.terminate(), stores.keys.terminate()]);
  const project = `http://${environment.FIRESTORE_EMULATOR_HOST}/emulator/v1/projects/${config.GOOGLE_CLOUD_PROJECT}`;
  for (const database of [`data-${config.REGION}`, `keys-${config.REGION}`]) {
    const answer = await fetch(`${project}/databases/${database}/documents`, { method: "DELETE" });
    if (!answer.ok) throw new Error(`the Firestore emulator kept ${database}: ${answer.status}`);
  }
}
