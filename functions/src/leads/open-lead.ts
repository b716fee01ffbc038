import type { SealingKey } from "../crypto/envelope.ts";
import { openField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import type { SubjectState } from "../subjects/freeze-subject.ts";
import { type Lead, type LeadTexts, leadTextNames } from "./lead.ts";
import type { StoredLead } from "./store.ts";

/** A lead with its texts, as a member of staff sees it. */
export interface OpenedLead {
  lead: Lead;
  /** None of a restricted person, whose words are kept and not used. */
  texts: Partial<LeadTexts>;
  subjectState: SubjectState;
}

/**
 * Opens a lead for staff: while its person is restricted, its texts stay sealed.
 *
 * @throws AppError `ciphertext-invalid`.
 * @see GDPR Art. 18(2)
 */
export function openLeadFor(dek: SealingKey, stored: StoredLead, subjectState: SubjectState): OpenedLead {
  const { sealed: _texts, ...lead } = stored;
  return subjectState === "restricted" ? { lead, texts: {}, subjectState } : { ...openLead(dek, stored), subjectState };
}

/** Opens a lead with its person's key, whoever asks. @throws AppError `ciphertext-invalid`. */
export function openLead(dek: SealingKey, stored: StoredLead): Omit<OpenedLead, "subjectState"> {
  const { sealed, ...lead } = stored;
  const path = documentPath("leads", { tenantId: lead.tenantId, leadId: lead.id });
  const texts = leadTextNames.flatMap((name) => {
    const envelope = sealed[name];
    return envelope === undefined ? [] : [[name, openField(dek, path, name, envelope)] as const];
  });
  return { lead, texts: Object.fromEntries(texts) };
}
