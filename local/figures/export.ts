import { createDecipheriv } from "node:crypto";
import type { SealingKey } from "../../functions/src/crypto/envelope.ts";
import { dekOf } from "../../functions/src/crypto/keyring.ts";
import { collect } from "../../functions/src/exports/collect-step.ts";
import { exportedCollections } from "../../functions/src/exports/payload-files.ts";
import { requestExport } from "../../functions/src/exports/request-export.ts";
import type { Deps } from "../../functions/src/platform/deps.ts";
import { addPersonTo, subjectIdOf } from "../../tests/support/person-records.ts";
import { staffActor } from "../../tests/support/world.ts";
import { freshProject } from "./business.ts";
import { startCountProxy } from "./count-proxy.ts";
import { withEmulators, withEnvironment } from "./emulators.ts";
import { exportPeers } from "./export-peers.ts";
import { atLeast, atMost, exactly, type Figure, median } from "./figure.ts";
import { runJobAlone } from "./job.ts";
import { type JobDeps, jobDeps, leaveProject, openTenant } from "./job-deps.ts";
import { runStep } from "./steps.ts";

type Environment = Readonly<Record<string, string>>;

const exported = new Set(exportedCollections("person").map(({ entry }) => entry.name));

/** Starts a person's export. @returns where its job is. */
async function start(deps: JobDeps, tenantId: string, person: string, key: string) {
  const what = { subjectId: subjectIdOf(person), format: "json" } as const;
  const { jobId } = await requestExport(deps, staffActor, tenantId, what, key);
  return { tenantId, jobId };
}

/** Billable reads, at the wire, of collecting a person with some records in each exported collection. */
async function readsOf(environment: Environment, recordsEach: number): Promise<{ documents: number; reads: number }> {
  const proxy = await startCountProxy(environment.FIRESTORE_EMULATOR_HOST ?? "");
  try {
    return await withEnvironment({ FIRESTORE_EMULATOR_HOST: proxy.address }, async () => {
      const deps = jobDeps(await freshProject(environment), environment);
      const tenantId = await openTenant(deps, "reads");
      await addPersonTo(deps, tenantId, "alice", ({ name }) => (exported.has(name) ? recordsEach : 1));
      const at = await start(deps, tenantId, "alice", "reads");
      proxy.take();
      const { counts } = await runStep(deps, collect, at);
      const { reads, vectorReads } = proxy.take();
      await leaveProject(deps, environment);
      return { documents: counts.records ?? 0, reads: reads + vectorReads };
    });
  } finally {
    await proxy.close();
  }
}

/** Opens an envelope as a program would that knows nothing of Lethe but where nonce and tag are. */
function bareOpen({ bytes }: SealingKey, envelope: Uint8Array): Buffer {
  const decipher = createDecipheriv("aes-256-gcm", bytes, envelope.subarray(2, 14));
  return decipher.update(envelope.subarray(14, envelope.length - 16));
}

/** Streams a person's records as the SDK gives them and decrypts what is sealed: what the export is measured by. */
async function streamAndDecrypt(deps: Deps, tenantId: string, subjectId: string): Promise<number> {
  const dek = await dekOf(deps, { tenantId, subjectId });
  let documents = 0;
  for (const { entry } of exportedCollections("person")) {
    const field = "field" in entry.dataSubject ? entry.dataSubject.field : undefined;
    if (field === undefined) continue;
    const collectionId = entry.path.split("/").at(-2) ?? "";
    const all = deps.stores.data.collectionGroup(collectionId).where(field, "==", subjectId);
    for await (const snapshot of all.stream() as AsyncIterable<FirebaseFirestore.QueryDocumentSnapshot>) {
      const data = snapshot.data();
      for (const name of entry.sealed) {
        const value: unknown = data[name];
        if (value instanceof Uint8Array) bareOpen(dek, value);
      }
      documents += 1;
    }
  }
  return documents;
}

/** Less than one page of the export: the emulator, without indexes, goes through everything again for every page. */
const speedTurns = 9_000;
const speedRounds = 5;

/** Our collecting beside the bare stream over the same documents, by turns. */
async function throughputRatio(
  environment: Environment,
): Promise<{ ratio: number; documents: number; bareMs: number }> {
  const deps = jobDeps(await freshProject(environment), environment);
  const tenantId = await openTenant(deps, "speed");
  await addPersonTo(deps, tenantId, "alice", ({ name }) => (name === "turns" ? speedTurns : 2));
  const at = await start(deps, tenantId, "alice", "speed");
  const ratios: number[] = [];
  const bares: number[] = [];
  let documents = 0;
  for (let round = -1; round < speedRounds; round += 1) {
    const began = performance.now();
    documents = await streamAndDecrypt(deps, tenantId, subjectIdOf("alice"));
    const streamed = performance.now();
    await runStep(deps, collect, at);
    const ended = performance.now();
    if (round < 0) continue;
    ratios.push((streamed - began) / (ended - streamed));
    bares.push(streamed - began);
  }
  await leaveProject(deps, environment);
  return { ratio: median(ratios), documents, bareMs: median(bares) };
}

/** Peak resident memory of the process that exports a person with some turns, in MiB. */
async function exportMemory(environment: Environment, turns: number): Promise<number> {
  const project = await freshProject(environment);
  const deps = jobDeps(project, environment);
  const tenantId = await openTenant(deps, "memory");
  await addPersonTo(deps, tenantId, "alice", ({ name }) => (name === "turns" ? turns : 2));
  const { jobId } = await start(deps, tenantId, "alice", "memory");
  const peak = await runJobAlone(environment, { project, tenantId, jobId, kind: "export" });
  await leaveProject(deps, environment);
  return peak;
}

/** Reads and speed of collecting one person's records. */
export async function collectFigures(environment: Environment): Promise<Figure[]> {
  const one = await readsOf(environment, 1);
  const many = await readsOf(environment, 300);
  const readsPerDocument = (many.reads - one.reads) / (many.documents - one.documents);
  const besides = `${many.reads} reads for ${many.documents} documents, ${one.reads} for ${one.documents}: the rest are the export itself, once a page, and keys`;
  const speed = await throughputRatio(environment);
  const bare = `streaming and decrypting them bare (${speed.bareMs.toFixed(0)} ms)`;
  return [
    exactly("export.readsPerDocument", readsPerDocument, `billable reads a further document (${besides})`, 1),
    atLeast("export.throughputRatio", speed.ratio, `speed of collecting ${speed.documents} documents / ${bare}`, 0.8),
  ];
}

const peerConversations = 1_000;

/** Documents a second. */
type Rate = { name: string; documents: number; perSecond: number };

async function rateOf(name: string, run: () => Promise<number>): Promise<Rate> {
  const began = performance.now();
  const documents = await run();
  return { name, documents, perSecond: (documents * 1000) / (performance.now() - began) };
}

/**
 * Our collecting, with what it decrypts and writes, beside other exporters that read the same tenant's documents as they are.
 * Once each: they take long enough to be compared.
 */
async function peerFigures(environment: Environment): Promise<Figure[]> {
  const peers = exportPeers();
  const projectId = await freshProject(environment);
  const deps = jobDeps(projectId, environment);
  const place = { projectId, databaseId: deps.stores.data.databaseId };
  const tenantId = await openTenant(deps, "peers");
  const many = new Set(["conversations", "turns"]);
  await addPersonTo(deps, tenantId, "alice", ({ name }) => (many.has(name) ? peerConversations : 2));
  const at = await start(deps, tenantId, "alice", "peers");
  const ours = await rateOf("ours", async () => (await runStep(deps, collect, at)).counts.records ?? 0);
  const theirs: Rate[] = [];
  for (const { name, exportCollection } of peers) {
    const path = `tenants/${tenantId}/conversations`;
    theirs.push(await rateOf(name, () => exportCollection(place, path)));
  }
  await leaveProject(deps, environment);
  const few = theirs.find(({ documents }) => documents < 2 * peerConversations);
  if (few !== undefined) throw new Error(`${few.name} exported ${few.documents} documents of ${ours.documents}`);
  const fastest = Math.max(...theirs.map(({ perSecond }) => perSecond));
  const all = [ours, ...theirs].map((rate) => `${rate.name} ${rate.perSecond.toFixed(0)} (${rate.documents})`);
  const unit = "documents a second of our export, decrypted, / of the fastest peer, as they are";
  return [
    atLeast("export.vsPeers", ours.perSecond / fastest, unit, 1, `documents a second (documents): ${all.join("; ")}`),
  ];
}

async function memoryFigures(environment: Environment): Promise<Figure[]> {
  const small = await exportMemory(environment, 2_000);
  const large = await exportMemory(environment, 50_000);
  const grown = `share that peak memory grows by from 2,000 to 50,000 documents (${small} to ${large} MiB)`;
  return [atMost("export.rssGrowth", (large - small) / small, grown, 0.1)];
}

/** What exporting one person costs: reads, speed, memory. */
export function exportFigures(): Promise<Figure[]> {
  return withEmulators("demo-figures", async (environment) => [
    ...(await collectFigures(environment)),
    ...(await peerFigures(environment)),
    ...(await memoryFigures(environment)),
  ]);
}
