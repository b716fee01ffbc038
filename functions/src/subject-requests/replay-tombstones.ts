import { z } from "zod";
import { countAccount, deleteAccountAgain, noteClosedAgain } from "../closure/delete-account-again.ts";
import type { CollectionName } from "../inventory/inventory.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import { log } from "../platform/log.ts";
import { countToErase, eraseAgain } from "./erase-again.ts";

/** A tombstone's second copy: ids only. */
const tombstoneShape = z.object({
  kind: z.string(),
  tenantId: z.string(),
  targets: z.record(z.string(), z.string()),
  createdAt: z.iso.datetime().optional(),
});

/** A tombstone as its bucket keeps it, where no restore of a database reaches. */
export interface TombstoneCopy {
  path: string;
  /** `erasure` and `purge` name what is deleted again; others what is set again, and `closure` a whole account. */
  kind: string;
  tenantId: string;
  targets: Readonly<Record<string, string>>;
  /** When the act was; the object's own time for one that does not say. */
  createdAt: Date;
}

/** The kinds that say what is deleted again. */
const deletions: ReadonlySet<string> = new Set(["erasure", "purge", "closure"]);

/** Whether a tombstone says what is deleted again. */
export function isDeletion(copy: TombstoneCopy): boolean {
  return deletions.has(copy.kind);
}

/**
 * Reads tombstones, by path.
 *
 * @param prefix - `<tenantId>/` for one tenant's; empty for the region's.
 * @throws AppError `store-unavailable` when the bucket cannot be read; `document-malformed` for an object that is none.
 */
export async function listTombstoneCopies(deps: Pick<Deps, "buckets">, prefix = ""): Promise<TombstoneCopy[]> {
  const copies: TombstoneCopy[] = [];
  for (const { path, updatedAt } of await deps.buckets.list("tombstones", prefix)) {
    const bytes = await deps.buckets.read("tombstones", path);
    const parsed = bytes === undefined ? undefined : tombstoneShape.safeParse(jsonOf(bytes));
    if (!parsed?.success) throw new AppError("document-malformed", `tombstone ${path} cannot be read`);
    const { createdAt, ...rest } = parsed.data;
    copies.push({ ...rest, path, createdAt: createdAt === undefined ? updatedAt : new Date(createdAt) });
  }
  return copies.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString("utf8"));
  } catch {
    return undefined;
  }
}

/** Deletes again what one tombstone names: of a person, or a whole account. @returns how many records there were. */
export function deleteNamed(deps: Deps, copy: TombstoneCopy): Promise<number> {
  return copy.kind === "closure" ? deleteAccountAgain(deps, copy.tenantId) : eraseAgain(deps, copy);
}

/** What `deleteNamed` would delete, by collection; a collection without any is absent. */
export function countNamed(deps: Deps, copy: TombstoneCopy): Promise<Partial<Record<CollectionName, number>>> {
  return copy.kind === "closure" ? countAccount(deps, copy.tenantId) : countToErase(deps, copy);
}

/**
 * Deletes again, after a restore, what one tenant's tombstones name. Safe to repeat.
 *
 * @returns how many tombstones were replayed and how many records they found.
 */
export async function replayTombstones(deps: Deps, tenantId: string): Promise<{ tombstones: number; records: number }> {
  const copies = (await listTombstoneCopies(deps, `${tenantId}/`)).filter(isDeletion);
  let records = 0;
  for (const copy of copies) {
    records += await deleteNamed(deps, copy);
    if (copy.kind === "closure") await noteClosedAgain(deps, copy);
  }
  log.info("replayed tombstones", { tenantId, count: copies.length, size: records });
  return { tombstones: copies.length, records };
}
