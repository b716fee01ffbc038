import type { Figure } from "./figure.ts";
import { hashingFigures } from "./ledger-hashing.ts";
import { sequencingFigures } from "./ledger-sequencing.ts";

/** The ledger: what its tree costs, what sequencing costs, and how long entries wait. */
export async function ledgerFigures(): Promise<Figure[]> {
  return [...hashingFigures(), ...(await sequencingFigures())];
}
