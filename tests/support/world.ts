import type { SealingKey } from "../../functions/src/crypto/envelope.ts";
import { createKey, dekOf } from "../../functions/src/crypto/keyring.ts";
import { openField, sealField } from "../../functions/src/crypto/sealed-fields.ts";
import { createTenantKeys } from "../../functions/src/crypto/tenant-keys.ts";
import { exportJob } from "../../functions/src/exports/export-job.ts";
import {
  type PersonalCollection,
  pageOfRecords,
  personalCollections,
} from "../../functions/src/inventory/subject-records.ts";
import { resumeStalledJobs } from "../../functions/src/jobs/resume-stalled-jobs.ts";
import { runJob, stepMessage } from "../../functions/src/jobs/run-job.ts";
import { sequence } from "../../functions/src/ledger/sequence.ts";
import { erasureJob } from "../../functions/src/subject-requests/erasure/erasure-job.ts";
import type { TestDeps } from "./test-deps.ts";
import { tenantIdOf } from "./test-deps.ts";

/** A member of staff, for acts that need one. */
export const staffActor = { kind: "member", id: "staff1" } as const;

/** Words that stand in every sealed field of a person: what no search may find after the erasure. */
export function canaryOf(person: string): string {
  return `canary of ${person} <${person}@people.example>`;
}

/** Subject ids of the world's people: 20 characters, as real ones. */
export function subjectIdOf(person: string): string {
  return person.padEnd(20, "0");
}

/** A tenant whose people have a record in every collection that the inventory declares as personal. */
export interface World {
  tenantId: string;
  deps: TestDeps;
  /** Adds a person with `records` records in each collection that may hold several. */
  addPerson(person: string, records?: number): Promise<void>;
  /** A person's readable records in one collection, sealed fields opened. */
  readableRecords(person: string, entry: PersonalCollection): Promise<unknown[]>;
  /** Delivers messages and lets time pass until no job has work left. */
  settle(): Promise<void>;
}

/** One sealed field's place in a document: its path without wildcards, or undefined for a member of a list. */
function plainSealed(entry: PersonalCollection): string[] {
  return entry.sealed.filter((field) => !field.includes("*"));
}

function recordOf(
  deps: TestDeps,
  entry: PersonalCollection,
  person: string,
  path: string,
  dek: SealingKey,
): Record<string, unknown> {
  const rule = entry.export.person;
  const fields = rule.rule === "include" ? Object.keys(rule.fields) : [];
  const plain = Object.fromEntries(
    fields.filter((field) => !entry.sealed.includes(field)).map((field) => [field, `${field} ${entry.name}`]),
  );
  const sealed = Object.fromEntries(
    plainSealed(entry).map((field) => [
      field,
      sealField(
        dek,
        path,
        field,
        entry.sealedJson?.includes(field) ? JSON.stringify({ name: canaryOf(person) }) : canaryOf(person),
        deps.ids,
      ),
    ]),
  );
  const owner = "field" in entry.dataSubject ? { [entry.dataSubject.field]: subjectIdOf(person) } : {};
  return { ...plain, ...sealed, ...owner, state: "open", createdAt: deps.clock.now() };
}

/** Fills a path's placeholders: the subject where a document is named by it, else ids that are unique to person and number. */
function pathOf(entry: PersonalCollection, tenantId: string, person: string, number: number): string {
  return entry.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    if (name === "tenantId") return tenantId;
    if (name === "subjectId") return subjectIdOf(person);
    return `${person}${name.toLowerCase()}${number}`.padEnd(20, "0");
  });
}

/** Makes a tenant with keys and nobody in it. */
export async function createWorld(deps: TestDeps, name = "world"): Promise<World> {
  const tenantId = tenantIdOf(name, deps.config.REGION);
  await createTenantKeys(deps, tenantId);
  const databaseOf = (entry: PersonalCollection) => (entry.database === "keys" ? deps.stores.keys : deps.stores.data);
  const world: World = {
    tenantId,
    deps,
    async addPerson(person, records = 2) {
      const subjectId = subjectIdOf(person);
      const dek = await createKey(deps, { collection: "deks", tenantId, subjectId });
      const held = personalCollections.filter((entry) => entry.erasure.action === "delete");
      for (const entry of held) {
        const single = "documentId" in entry.dataSubject;
        for (let number = 0; number < (single ? 1 : records); number += 1) {
          const path = pathOf(entry, tenantId, person, number);
          const record = recordOf(deps, entry, person, path, dek);
          await databaseOf(entry)
            .doc(path)
            .set(single ? { ...record, state: "active" } : record);
        }
      }
    },
    async readableRecords(person, entry) {
      const scope = { tenantId, subjectId: subjectIdOf(person) };
      const { records } = await pageOfRecords(deps.stores, entry, scope, { limit: 1_000 });
      const dek = await dekOf(deps, scope).catch(() => undefined);
      return records.map(({ path, data }) => {
        const opened = plainSealed(entry).flatMap((field) => {
          const value = data[field];
          return dek !== undefined && value instanceof Uint8Array ? [[field, openField(dek, path, field, value)]] : [];
        });
        return { path, ...data, ...Object.fromEntries(opened) };
      });
    },
    async settle() {
      const handlers = {
        "erasure-steps": (payload: unknown, delivery: Parameters<typeof runJob>[3]) =>
          runJob(deps, erasureJob, stepMessage.parse(payload), delivery),
        "export-steps": (payload: unknown, delivery: Parameters<typeof runJob>[3]) =>
          runJob(deps, exportJob, stepMessage.parse(payload), delivery),
        "ledger-nudges": async () => void (await sequence(deps, tenantId, "test", deps.clock.now())),
      };
      for (let round = 0; round < 8; round += 1) {
        await deps.publisher.drain(handlers);
        deps.clock.advance(400);
        await resumeStalledJobs(deps);
      }
      await deps.publisher.drain(handlers);
    },
  };
  return world;
}
