import { createHash } from "node:crypto";
import { findOpening, isOpen, namesOf } from "../inventory/open-databases.ts";
import type { EntryActor } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { isDeletion, listTombstoneCopies, type TombstoneCopy } from "../subject-requests/replay-tombstones.ts";
import { assertSameBucket } from "./assert-same-bucket.ts";
import { compareCounts, deleteAgain } from "./delete-again.ts";
import { setAgain } from "./set-again.ts";
import { countEverything, findJournal, type Journal, saveJournal, switchOver, tenantsAfter } from "./store.ts";
import { tellTenant } from "./tell-tenant.ts";

/** What a restore came to. */
export interface RestoreReport {
  data: string;
  keys: string;
  /** The pair was open already: nothing was done. */
  alreadyOpen: boolean;
  tombstones: number;
  /** Records and keys that tombstones named, by collection. */
  deleted: Journal["deleted"];
  /** Records that are left, by collection. */
  left: Journal["before"];
  tenants: number;
  /** Tenants whose audit trail could not be told, since their key cannot be used. */
  untold: readonly string[];
}

/** Told as it goes on: constant words and numbers, never content. */
export type Tell = (line: string) => void;

const tenantPage = 100;

/**
 * Opens a restored pair of databases to functions: replays every tombstone, deletions first, compares what is left with
 * what must be, tells each tenant's audit trail, and only then writes the record by which functions open the pair.
 * Whatever fails leaves the pair closed; called again, it goes on where it stopped.
 *
 * @param deps - on the restored databases, by their names.
 * @param operator - who restores, for the tenants' audit trails.
 * @throws AppError `database-closed` for a pair without a record of ours, which is no copy of one of our databases;
 * `store-unavailable` when tombstones cannot be read; `residue-found` when counts differ from what they must be.
 */
export async function restoreDatabases(deps: Deps, operator: EntryActor, tell: Tell): Promise<RestoreReport> {
  const { stores } = deps;
  const names = namesOf(stores);
  const opening = await findOpening(stores);
  if (opening === undefined)
    throw new AppError("database-closed", `${names.data} holds no record of Lethe's databases`);
  if (isOpen(stores, opening)) {
    return { ...names, alreadyOpen: true, tombstones: 0, deleted: {}, left: {}, tenants: 0, untold: [] };
  }
  tell(`${names.data} and ${names.keys} are closed; what was backed up was ${opening.data} and ${opening.keys}`);
  let copies = await readTombstones(deps, tell);
  let journal = await findJournal(stores);
  let told: Told = { tenants: 0, untold: [], through: null };
  for (;;) {
    // Somebody was erased from the old pair meanwhile, or while an earlier call lay dead: all is replayed from fresh counts.
    if (journal?.phase === "done" || journal?.tombstones !== digestOf(copies))
      journal = await begin(deps, copies, journal);
    journal = await replay(deps, journal, copies, tell);
    told = await tellTenants(deps, operator, journal, told, tell);
    const later = await readTombstones(deps, tell);
    if (digestOf(later) === journal.tombstones) break;
    copies = later;
    journal = await findJournal(stores);
  }
  const left = await countEverything(stores);
  const { tenants, untold } = told;
  await switchOver(stores, { ...journal, auditedThrough: null }, deps.clock.now());
  tell(`${names.data} and ${names.keys} are open`);
  return { ...names, alreadyOpen: false, tombstones: copies.length, deleted: journal.deleted, left, tenants, untold };
}

/** Which tombstones there are, as one value: an object of that bucket is never replaced, so paths tell. */
function digestOf(copies: readonly TombstoneCopy[]): string {
  return createHash("sha256")
    .update(copies.map(({ path }) => path).join("\n"))
    .digest("hex");
}

/** Begins the replay of these tombstones. Who was told by an attempt before is not told again. */
async function begin(
  { stores, clock }: Deps,
  copies: readonly TombstoneCopy[],
  earlier: Journal | undefined,
): Promise<Journal> {
  return saveJournal(stores, {
    ...namesOf(stores),
    phase: "deleting",
    startedAt: clock.now(),
    before: await countEverything(stores),
    deleted: {},
    current: null,
    tombstones: digestOf(copies),
    auditedThrough: earlier?.phase === "done" ? null : (earlier?.auditedThrough ?? null),
  });
}

async function readTombstones(deps: Deps, tell: Tell): Promise<TombstoneCopy[]> {
  const copies = await listTombstoneCopies(deps);
  await assertSameBucket(deps, copies);
  tell(`${copies.length} tombstones in the bucket`);
  return copies;
}

async function replay(deps: Deps, start: Journal, copies: readonly TombstoneCopy[], tell: Tell): Promise<Journal> {
  let journal = start;
  if (journal.phase === "deleting") {
    journal = await deleteAgain(deps, journal, copies.filter(isDeletion));
    await compareCounts(deps, journal);
    tell(
      `deleted ${Object.values(journal.deleted).reduce((sum, count) => sum + count, 0)} records and keys again; counts agree`,
    );
    journal = await saveJournal(deps.stores, { ...journal, phase: "setting" });
  }
  if (journal.phase === "setting") {
    const set = await setAgain(
      deps,
      // An account that is gone is noted again beside what is set again: the counts are of what was deleted.
      copies.filter((copy) => !isDeletion(copy) || copy.kind === "closure"),
    );
    tell(
      `set again: ${set.restrictions} restrictions, ${set.withdrawals} withdrawals, ${set.revocations} revocations; ended ${set.sessions} sessions of staff`,
    );
    journal = await saveJournal(deps.stores, { ...journal, phase: "auditing" });
  }
  return journal;
}

/** How many tenants were told, and which could not be. */
interface Told {
  tenants: number;
  untold: readonly string[];
  /** The last tenant of them. */
  through: string | null;
}

async function tellTenants(
  deps: Deps,
  operator: EntryActor,
  journal: Journal,
  before: Told,
  tell: Tell,
): Promise<Told> {
  let after = before.through ?? journal.auditedThrough;
  let tenants = before.tenants;
  const untold = [...before.untold];
  for (;;) {
    const page = await tenantsAfter(deps.stores, after, tenantPage);
    if (page.length === 0) break;
    for (const tenantId of page) if (!(await tellTenant(deps, operator, tenantId, journal))) untold.push(tenantId);
    tenants += page.length;
    after = page.at(-1) ?? null;
  }
  tell(`told the audit trails of ${tenants - untold.length} tenants`);
  return { tenants, untold, through: after };
}
