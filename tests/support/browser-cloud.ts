import type { Cloud } from "../../local/cloud.ts";
import type { ReadyReport } from "../../local/ready-file.ts";

/** Jest loads set-up and teardown with two module registries, so the cloud waits for its end on the global object. */
const kept = Symbol.for("lethe.test-cloud");
const place: Record<symbol, Cloud | undefined> = globalThis as never;

/** Remembers the cloud that the teardown stops. */
export function keepCloud(cloud: Cloud): void {
  place[kept] = cloud;
}

/** Stops the cloud that `keepCloud` was given, if any. */
export async function stopKeptCloud(): Promise<void> {
  const cloud = place[kept];
  place[kept] = undefined;
  await cloud?.stop();
}

/**
 * Where the cloud of this run is.
 *
 * @throws Error when the jest project starts none.
 */
export function cloudReport(): ReadyReport {
  const report = process.env.LETHE_TEST_CLOUD;
  if (report === undefined)
    throw new Error("LETHE_TEST_CLOUD is not set: does this test's jest project start a cloud?");
  return JSON.parse(report) as ReadyReport;
}

/** The demo tenant of that slug, with its owner's sign-in. */
export function demoTenant(report: ReadyReport, slug: string) {
  const tenant = report.tenants.find((one) => one.slug === slug);
  const owner = tenant?.staff.find((member) => member.role === "owner");
  if (tenant === undefined || owner === undefined) throw new Error(`no demo tenant ${slug} with an owner`);
  return { ...tenant, owner };
}

/** Moves the time of every function and schedule forward; what falls due meanwhile runs once. */
export async function advanceClock(report: ReadyReport, seconds: number): Promise<void> {
  await post(`${report.control}/clock`, { advanceSeconds: seconds });
}

/** What time it is for the cloud, which other tests may have moved forward. */
export async function cloudTime(report: ReadyReport): Promise<Date> {
  const answer = await post(`${report.control}/clock`, { advanceSeconds: 0 });
  const { offsetSeconds } = (await answer.json()) as { offsetSeconds: number };
  return new Date(Date.now() + offsetSeconds * 1000);
}

/** How the model misbehaves on its next `count` answers; `none` ends it. */
export async function failModel(report: ReadyReport, mode: string, count = 1): Promise<void> {
  await post(`http://${report.emulators.vertex}/standin/faults`, { mode, count });
}

/** How long the model takes: until its first piece, and between two. */
export async function slowModel(report: ReadyReport, latency: { firstMs: number; pieceMs: number }): Promise<void> {
  await post(`http://${report.emulators.vertex}/standin/latency`, latency);
}

async function post(url: string, body: unknown): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`POST ${url} answered ${answer.status}`);
  return answer;
}
