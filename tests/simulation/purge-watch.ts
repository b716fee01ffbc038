import type { Timestamp } from "@google-cloud/firestore";
import { type PersonalCollection, personalCollections } from "../../functions/src/inventory/subject-records.ts";
import { daysInForce } from "../../functions/src/retention/policy.ts";
import type { Fields } from "../fakes/memory-firestore/value.ts";
import type { SimulatedRegion } from "./region.ts";
import type { Cast } from "./story.ts";

const dayMs = 86_400_000;
/** Beyond the day within which what is expired must go: what a purge takes that was killed and is resumed. */
const graceMs = 2 * 3_600_000;
/** What a person is kept for, beside the proof of a consent that was withdrawn. */
const reasons = ["conversations", "leads", "requests", "notifications"];

interface GuestRecord {
  path: string;
  fields: Fields;
  entry: PersonalCollection;
}

/**
 * Watches every deletion of a guest's record by true time: none may come before the end of its period.
 *
 * @returns `faults()`: what went too early, and what is still there a day after its time.
 */
export function watchPurges(region: SimulatedRegion, cast: Cast): { faults(): string[] } {
  const ids = cast.guests.map(({ subjectId }) => subjectId);
  const early: string[] = [];
  for (const storage of [region.data, region.keys])
    storage.beforeDelete.push((path, { fields }) => {
      const record = guestRecord(ids, path, fields);
      if (record === undefined || mayGo(region, record)) return;
      early.push(`purged before its time: ${path} at ${new Date(region.nowMs).toISOString()}`);
    });
  const late = () =>
    [region.data, region.keys].flatMap((storage) =>
      [...storage.paths()]
        .flatMap((path) => guestRecord(ids, path, storage.find(path)?.fields ?? {}) ?? [])
        .filter((record) => isLate(region, record))
        .map(({ path }) => `not purged in time: ${path}`),
    );
  return { faults: () => [...early, ...late()] };
}

function guestRecord(ids: readonly string[], path: string, fields: Fields): GuestRecord | undefined {
  const collection = path.split("/").at(-2);
  const entry = personalCollections.find((candidate) => candidate.path.split("/").at(-2) === collection);
  if (entry === undefined || !ids.some((id) => path.endsWith(`/${id}`) || fields.subjectId === id)) return undefined;
  return { path, fields, entry };
}

/** When the record's own period ends; undefined for what lasts as long as its person. */
function dueMs(region: SimulatedRegion, { path, fields, entry }: GuestRecord): number | undefined {
  const days = daysInForce({}, entry.retention, new Date(region.nowMs)) ?? undefined;
  if (days === undefined) return undefined;
  const [tenants, tenantId, , id, below] = path.split("/");
  const isBelowHead = entry.name === "inbox" || below !== undefined;
  const head = region.data.find(`${tenants}/${tenantId}/conversations/${id}`)?.fields;
  const ageOfHead = (of: Fields | undefined) => of?.lastTurnAt ?? of?.startedAt;
  const isHead = entry.name === "conversations";
  const from = isBelowHead ? ageOfHead(head) : isHead ? ageOfHead(fields) : fields[entry.agedBy ?? ""];
  return from === undefined ? undefined : (from as Timestamp).toMillis() + days * dayMs;
}

/** The proof of a consent that was given and withdrawn; who refused has nothing to prove. */
function isWithdrawal(region: SimulatedRegion, { path, fields, entry }: GuestRecord): boolean {
  if (entry.name !== "consents" || fields.given !== false) return false;
  const own = path.slice(0, path.lastIndexOf("/") + 1);
  return [...region.data.paths()].some((other) => {
    const given = other.startsWith(own) ? region.data.find(other)?.fields : undefined;
    if (given?.given !== true || given.subjectId !== fields.subjectId || given.purpose !== fields.purpose) return false;
    return (given.createdAt as Timestamp).toMillis() < (fields.createdAt as Timestamp).toMillis();
  });
}

function isReason(region: SimulatedRegion, record: GuestRecord): boolean {
  return reasons.includes(record.entry.name) || isWithdrawal(region, record);
}

/** What a record's person is still kept for. */
function reasonsLeft(region: SimulatedRegion, { path, fields }: GuestRecord): GuestRecord[] {
  const subjectId = String(fields.subjectId ?? path.split("/").at(-1));
  return [...region.data.paths()]
    .flatMap((other) => guestRecord([subjectId], other, region.data.find(other)?.fields ?? {}) ?? [])
    .filter((other) => isReason(region, other));
}

/** Past its own period, or its person is kept for nothing whose period has not ended. */
function mayGo(region: SimulatedRegion, record: GuestRecord): boolean {
  const isDue = (one: GuestRecord) => (dueMs(region, one) ?? Number.POSITIVE_INFINITY) <= region.nowMs;
  return isDue(record) || (!isReason(region, record) && reasonsLeft(region, record).every(isDue));
}

function isLate(region: SimulatedRegion, record: GuestRecord): boolean {
  // A consent that was not withdrawn lasts as long as its person, whatever its age.
  const lasts = record.entry.name === "consents" && !isWithdrawal(region, record);
  const due = lasts ? undefined : dueMs(region, record);
  return (due !== undefined && due + dayMs + graceMs <= region.nowMs) || reasonsLeft(region, record).length === 0;
}
