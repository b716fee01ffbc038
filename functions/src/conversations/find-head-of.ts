import { documentPath } from "../inventory/collections.ts";
import type { Deps } from "../platform/deps.ts";
import { withoutDue } from "../retention/without-due.ts";
import type { Head } from "./conversation.ts";
import { findHead, type HeadKey } from "./store.ts";

/** When a conversation was last used: the end of its last question, or its start where none was asked. */
export function lastUsed({ lastTurnAt, startedAt }: Pick<Head, "lastTurnAt" | "startedAt">): Date {
  return lastTurnAt ?? startedAt;
}

/** Those of some conversations that may be read: what is past its period is hidden. */
export function readableHeads(
  deps: Pick<Deps, "stores" | "clock">,
  tenantId: string,
  heads: readonly Head[],
): Promise<Head[]> {
  return withoutDue(deps, tenantId, "conversations", heads, (head) => ({
    path: documentPath("conversations", { tenantId, conversationId: head.id }),
    subjectId: head.subjectId,
    agedAt: lastUsed(head),
  }));
}

/** The head of a conversation that may be read, or undefined: whose it is, and how it stands. */
export async function findHeadOf(deps: Pick<Deps, "stores" | "clock">, key: HeadKey): Promise<Head | undefined> {
  const head = await findHead(deps.stores, key);
  return head === undefined ? undefined : (await readableHeads(deps, key.tenantId, [head]))[0];
}
