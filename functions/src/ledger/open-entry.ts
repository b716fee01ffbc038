import { z } from "zod";
import type { SealingKey } from "../crypto/envelope.ts";
import { openField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import { type Crud, titleOf } from "./actions.ts";
import { verifyCommitment } from "./commitment.ts";
import { decodeLeaf, type Leaf, type Party } from "./leaf.ts";
import type { StoredEntry } from "./page-of-entries.ts";

/** Somebody or something in an entry. Without an id it was a person who has been erased. */
export interface OpenedParty {
  kind: string;
  id?: string;
}

/** An entry of the trail in words. */
export interface OpenedEntry {
  entryId: string;
  action: string;
  title: string;
  crud: Crud;
  occurredAt: Date;
  outcome: string;
  actor: OpenedParty;
  targets: OpenedParty[];
  metadata: Leaf["metadata"];
  /** Position in the log; absent while it waits. */
  index?: number;
}

/** The keys that open an entry's commitments: the tenant's for staff; the person's, while there is one. */
export interface EntryKeys {
  auditKey: SealingKey;
  dek?: SealingKey | undefined;
}

const openingShape = z.record(z.string(), z.strictObject({ value: z.string(), opening: z.base64url() }));

/**
 * Opens an entry as far as keys allow, and checks that every id opened is the one that the leaf commits to.
 *
 * @throws AppError `ledger-malformed` for an opening that does not fit; `ciphertext-invalid`.
 */
export function openEntry(tenantId: string, entry: StoredEntry, keys: EntryKeys): OpenedEntry {
  const leaf = decodeLeaf(entry.leaf);
  const path = documentPath("auditPending", { tenantId, entryId: entry.id });
  const open = (key: SealingKey | undefined, field: "person" | "actor") => {
    const sealed = entry.openings[field];
    if (key === undefined || sealed === undefined) return {};
    return openingShape.parse(JSON.parse(openField(key, path, `openings.${field}`, sealed)));
  };
  const byPerson = open(keys.dek, "person");
  const byActor = open(leaf.actor.kind === "data-subject" ? keys.dek : keys.auditKey, "actor");
  const { action, crud, occurredAt, outcome, metadata } = leaf;
  return {
    entryId: entry.id,
    ...{ action, title: titleOf(action), crud, occurredAt, outcome, metadata },
    actor: opened(leaf.actor, byActor.actor),
    targets: leaf.targets.map((target, position) =>
      opened(target, byPerson[`target.${position}`] ?? byActor[`target.${position}`]),
    ),
    ...(entry.index === undefined ? {} : { index: entry.index }),
  };
}

function opened(party: Party, opening: { value: string; opening: string } | undefined): OpenedParty {
  if ("id" in party) return { kind: party.kind, id: party.id };
  if (opening === undefined) return { kind: party.kind };
  verifyCommitment(party.commitment, opening.value, Buffer.from(opening.opening, "base64url"));
  return { kind: party.kind, id: opening.value };
}
