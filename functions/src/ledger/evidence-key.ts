import type { SealingKey } from "../crypto/envelope.ts";
import { createKey, destroyKey, keyAt, listEndedEvidence } from "../crypto/keyring.ts";
import type { CryptoDeps } from "../crypto/tenant-keys.ts";
import { AppError } from "../platform/errors.ts";
import { dayMs } from "../platform/time.ts";

/** Why ids in entries about consents and requests can be read after their person is erased. */
export const evidenceBasis = "Proof of consents and of answered requests: GDPR Art. 7(1), 12(3), 17(3)(e)";
/** Days after its month that a key is kept: three years, as claims lapse. Entries that retention prunes go earlier. */
export const evidenceDays = 1_095;

/** The key of a month of a tenant, under which entries about consents and requests are sealed besides their person's. */
export interface EvidenceKey {
  id: string;
  key: SealingKey;
}

/** When what is sealed as evidence at a time cannot be opened any more. */
export function evidenceEndsAt(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1) + evidenceDays * dayMs);
}

/**
 * The key of the month, made by whoever needs it first. It is nobody's: it names no person, and erasing one leaves it.
 *
 * @throws AppError `key-unavailable`, `tenant-closed`.
 */
export async function evidenceKey(deps: CryptoDeps, tenantId: string): Promise<EvidenceKey> {
  const now = deps.clock.now();
  const id = `entries-${now.toISOString().slice(0, 7)}`;
  const place = { collection: "evidence", tenantId, itemId: id } as const;
  const find = () => keyAt(deps, place);
  const key = await find().catch(async (error: unknown) => {
    // A key of this month ends in three years: that there is none means that nobody made it yet.
    if (!isCode(error, "subject-erased")) throw error;
    return createKey(deps, place, { basis: evidenceBasis, endsAt: evidenceEndsAt(now) }).catch((taken: unknown) => {
      if (isCode(taken, "already-exists")) return find();
      throw taken;
    });
  });
  return { id, key };
}

/** A month's key, or undefined once it has ended. @throws AppError `key-unavailable`. */
export async function findEvidenceKey(deps: CryptoDeps, tenantId: string, id: string): Promise<SealingKey | undefined> {
  return keyAt(deps, { collection: "evidence", tenantId, itemId: id }).catch((error: unknown) => {
    if (isCode(error, "subject-erased")) return undefined;
    throw error;
  });
}

/**
 * Destroys the months' keys that have ended; safe to repeat.
 *
 * @param now - as the earlier of two clocks sees it.
 * @returns how many went.
 */
export async function pruneEvidenceKeys(deps: CryptoDeps, tenantId: string, now: Date): Promise<number> {
  const ended = (await listEndedEvidence(deps, tenantId, now)).filter((id) => id.startsWith("entries-"));
  for (const itemId of ended) await destroyKey(deps, { collection: "evidence", tenantId, itemId });
  return ended.length;
}

function isCode(error: unknown, code: AppError["code"]): boolean {
  return error instanceof AppError && error.code === code;
}
