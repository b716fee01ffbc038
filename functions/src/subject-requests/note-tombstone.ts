import type { Transaction } from "@google-cloud/firestore";
import type { Deps } from "../platform/deps.ts";
import { createTombstone, type Tombstone } from "./store.ts";

/** An act that a restore from an earlier backup must not undo, by ids and codes alone. */
export interface NotedAct extends Pick<Tombstone, "tenantId" | "targets"> {
  kind: "withdrawal" | "restriction" | "revocation";
  /** When it was: a restore sets again what came last. */
  at: Date;
}

/**
 * Notes an act in its own transaction. `copyTombstones` takes the note to the bucket within a minute or two; what is
 * lost with the database before that is lost together with the act.
 */
export function noteTombstone(tx: Transaction, deps: Pick<Deps, "stores" | "ids">, act: NotedAct): void {
  const { tenantId, kind, targets, at } = act;
  const id = deps.ids.next();
  createTombstone(tx, deps.stores, { id, tenantId, kind, state: "intended", targets, createdAt: at, toCopy: true });
}
