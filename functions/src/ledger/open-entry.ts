import { z } from "zod";
import type { SealingKey } from "../crypto/envelope.ts";
import { openField } from "../crypto/sealed-fields.ts";
import { documentPath } from "../inventory/collections.ts";
import { type Crud, titleOf } from "./actions.ts";
import { verifyCommitment } from "./commitment.ts";
import { decodeLeaf, type Leaf, type Party } from "./leaf.ts";
import type { StoredEntry } from "./page-of-entries.ts";
import type { Openings } from "./store.ts";

/** Somebody or something in an entry. Without an id it was a person who has been erased. */
export interface OpenedParty {
  kind: string;
  id?: string;
  /** The person's key is gone; the entry's evidence key still tells the id. */
  erased?: true;
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
  /** Keys of months, by id, for entries whose person's key is gone. */
  evidence?: ReadonlyMap<string, SealingKey>;
}

type Opening = { value: string; opening: string };
type Opened = Readonly<Record<string, Opening>>;

const openingShape = z.record(z.string(), z.strictObject({ value: z.string(), opening: z.base64url() }));

/**
 * Opens an entry as far as keys allow, and checks that every id opened is the one that the leaf commits to.
 *
 * @throws AppError `ledger-malformed` for an opening that does not fit; `ciphertext-invalid`.
 */
export function openEntry(tenantId: string, entry: StoredEntry, keys: EntryKeys): OpenedEntry {
  const leaf = decodeLeaf(entry.leaf);
  const path = documentPath("auditPending", { tenantId, entryId: entry.id });
  const open = (key: SealingKey | undefined, field: keyof Openings, sealed: Uint8Array | undefined): Opened => {
    if (key === undefined || sealed === undefined) return {};
    return openingShape.parse(JSON.parse(openField(key, path, `openings.${field}`, sealed)));
  };
  const { person, actor, evidence } = entry.openings;
  const byPerson = open(keys.dek, "person", person);
  const byActor = open(leaf.actor.kind === "data-subject" ? keys.dek : keys.auditKey, "actor", actor);
  const byEvidence = open(keys.evidence?.get(evidence?.keyId ?? ""), "evidence", evidence?.sealed);
  const { action, crud, occurredAt, outcome, metadata } = leaf;
  return {
    entryId: entry.id,
    ...{ action, title: titleOf(action), crud, occurredAt, outcome, metadata },
    actor: opened(leaf.actor, byActor.actor, byEvidence.actor),
    targets: leaf.targets.map((target, position) => {
      const name = `target.${position}`;
      return opened(target, byPerson[name] ?? byActor[name], byEvidence[name]);
    }),
    ...(entry.index === undefined ? {} : { index: entry.index }),
  };
}

function opened(party: Party, opening: Opening | undefined, evidence: Opening | undefined): OpenedParty {
  if ("id" in party) return { kind: party.kind, id: party.id };
  const found = opening ?? evidence;
  if (found === undefined) return { kind: party.kind };
  verifyCommitment(party.commitment, found.value, Buffer.from(found.opening, "base64url"));
  return { kind: party.kind, id: found.value, ...(opening === undefined ? { erased: true } : {}) };
}
