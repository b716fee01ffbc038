import type { Deps } from "../../platform/deps.ts";
import { type Restriction, readFreezeTargets } from "../../subjects/freeze-subject.ts";

/**
 * Sets a restriction as it stood last, after a restore from before that; lifts one that was lifted since.
 *
 * @param restriction - undefined for one that was lifted.
 * @returns whether there was something to do; false for a person whom the backup does not know, or who is being erased.
 * @see GDPR Art. 18
 */
export async function restrictAgain(
  { stores }: Pick<Deps, "stores">,
  subject: { tenantId: string; subjectId: string },
  restriction: Restriction | undefined,
): Promise<boolean> {
  const wanted = restriction === undefined ? "active" : "restricted";
  return stores.data.runTransaction(async (tx) => {
    const targets = await readFreezeTargets(tx, stores, subject);
    if (targets.state === undefined || targets.state === "erasing") return false;
    const word = (of: Restriction | undefined) => JSON.stringify([of?.grounds, of?.since, of?.objection]);
    if (targets.state === wanted && word(targets.restriction) === word(restriction)) return false;
    targets.apply(wanted, restriction);
    return true;
  });
}
