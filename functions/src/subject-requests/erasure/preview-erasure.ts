import type { Actor } from "../../identity/caller.ts";
import type { Entry, ThirdPartyEntry } from "../../inventory/entry.ts";
import { inventory } from "../../inventory/inventory.ts";
import { collectionsInScope, countRecords } from "../../inventory/subject-records.ts";
import { appendEntry } from "../../ledger/append-entry.ts";
import type { Deps } from "../../platform/deps.ts";
import { webhookHost } from "../../recipients/find-notification.ts";
import { contextOfSubject } from "../context-of-subject.ts";
import { holdsInForce, isHeld } from "../held-items.ts";
import { type Exception, exceptionsOf } from "./exceptions.ts";
import { readTarget } from "./find-attempt.ts";
import { type ErasureScope, recordScopeOf } from "./scope.ts";

/** What an erasure would do, before anybody decides. */
export interface ErasurePreview {
  stores: { name: string; action: string; count: number }[];
  /** What stays, why, and until when. */
  exceptions: Exception[];
  recipients: { name: string; recipient: string; deletion: string }[];
  /** What holds keep of it: a part of a person that one keeps cannot be erased. */
  heldItems: { holdId: string; basis: string; endsAt: string; items: number }[];
}

const entries: [string, Entry][] = Object.entries(inventory);

/** Third parties that hold a copy of data subjects' data on our behalf, as the inventory lists them. */
export const thirdParties: readonly (ThirdPartyEntry & { name: string })[] = entries.flatMap(([name, entry]) =>
  entry.kind === "third-party" && entry.about === "data-subjects" && entry.controlledBy === undefined
    ? [{ ...entry, name }]
    : [],
);

/**
 * Counts what an erasure would touch and says what it could not: nothing is changed but the audit trail.
 *
 * @throws AppError `not-found` for a subject without a key, a conversation or lead that is not this person's, `key-unavailable` when the look cannot be recorded.
 */
export async function previewErasure(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  scope: ErasureScope,
): Promise<ErasurePreview> {
  const { subjectId } = scope;
  const audit = await contextOfSubject(deps, tenantId, subjectId);
  const path = await deps.stores.data.runTransaction(async (tx) => {
    const target = await readTarget(tx, deps.stores, tenantId, scope);
    appendEntry(tx, audit, {
      action: "erasure-previewed",
      actor,
      personalTargets: [{ kind: "subject", id: subjectId }],
      outcome: "success",
      metadata: { scope: scope.kind },
    });
    return target;
  });
  const records = recordScopeOf(tenantId, scope);
  const touched = collectionsInScope(records).filter((entry) => entry.erasure.action !== "keep");
  const stores = await Promise.all(
    touched.map(async (entry) => ({
      name: entry.name,
      action: entry.erasure.action,
      count: await countRecords(deps.stores, entry, records),
    })),
  );
  const ofPerson = await holdsInForce(deps.stores, { tenantId, subjectId }, deps.clock.now());
  const holds = scope.kind === "person" ? ofPerson : ofPerson.filter((hold) => isHeld([hold], path));
  const host = await webhookHost(deps, tenantId);
  const { tenantWebhook } = inventory;
  return {
    stores: stores.filter((store) => store.count > 0),
    exceptions: exceptionsOf(scope.kind, deps.clock.now()),
    recipients: [
      ...thirdParties.map(({ name, recipient, deletion }) => ({ name, recipient, deletion })),
      ...(host === undefined ? [] : [{ name: "tenantWebhook", recipient: host, deletion: tenantWebhook.deletion }]),
    ],
    heldItems: holds.map((hold) => ({
      holdId: hold.id,
      basis: hold.basis,
      endsAt: hold.endsAt.toISOString(),
      items: scope.kind === "person" ? hold.items.length : 1,
    })),
  };
}
