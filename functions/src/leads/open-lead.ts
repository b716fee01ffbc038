import type { SealingKey } from "../crypto/envelope.ts";
import { openField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import { type Lead, type LeadTexts, leadTextNames } from "./lead.ts";
import type { StoredLead } from "./store.ts";

/** A lead with its texts. */
export interface OpenedLead {
  lead: Lead;
  texts: Partial<LeadTexts>;
}

/** Opens a lead with its person's key. @throws AppError `ciphertext-invalid`. */
export function openLead(dek: SealingKey, stored: StoredLead): OpenedLead {
  const { sealed, ...lead } = stored;
  const path = documentPath("leads", { tenantId: lead.tenantId, leadId: lead.id });
  const texts = leadTextNames.flatMap((name) => {
    const envelope = sealed[name];
    return envelope === undefined ? [] : [[name, openField(dek, path, name, envelope)] as const];
  });
  return { lead, texts: Object.fromEntries(texts) };
}
