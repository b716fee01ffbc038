import type { Transaction } from "@google-cloud/firestore";
import type { SealingKey } from "../crypto/envelope.ts";
import { sealField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { openLead } from "./open-lead.ts";
import { changeLeadTexts, readLeadsOfSubject } from "./store.ts";

/** Words to replace in a field of leads; without `to` they are removed. */
export interface LeadCorrection {
  field: "name" | "email" | "phone";
  from: string;
  to?: string | undefined;
}

/** A person's leads as a transaction read them, to be corrected in it. */
export interface LeadsToCorrect {
  /** Replaces the words wherever a lead says exactly them. @returns how many leads were changed. */
  correct(corrections: readonly LeadCorrection[]): number;
}

/**
 * Reads what a correction of a person's data touches in the leads, at most 400. Call before the transaction's first write.
 *
 * @param dek - the person's key.
 * @param isHeld - says of a lead's path whether it is kept as it is: evidence is not rewritten.
 */
export async function readLeadsToCorrect(
  tx: Transaction,
  deps: Pick<Deps, "stores" | "ids">,
  dek: SealingKey,
  subject: { tenantId: string; subjectId: string },
  isHeld: (path: string) => boolean,
): Promise<LeadsToCorrect> {
  const { tenantId, subjectId } = subject;
  const stored = await readLeadsOfSubject(tx, deps.stores, tenantId, subjectId);
  return {
    correct(corrections) {
      let changed = 0;
      for (const lead of stored) {
        const path = documentPath("leads", { tenantId, leadId: lead.id });
        const { texts } = openLead(dek, lead);
        const due = isHeld(path) ? [] : corrections.filter(({ field, from }) => texts[field] === from);
        if (due.length === 0) continue;
        const sealed = due.map(({ field, to }) => [
          field,
          to === undefined ? undefined : sealField(dek, path, field, to, deps.ids),
        ]);
        changeLeadTexts(tx, deps.stores, { tenantId, leadId: lead.id }, Object.fromEntries(sealed));
        changed += 1;
      }
      return changed;
    },
  };
}
