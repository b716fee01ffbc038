import type { ChannelVisitor } from "../identity/caller.ts";
import { minuteCaches } from "../identity/minute-cache.ts";
import { appendEntry, auditContext } from "../ledger/append-entry.ts";
import type { Deps } from "../platform/deps.ts";

const recorded = minuteCaches<true>();

/**
 * Puts the refusal of an identity token into the audit trail: at most one entry a minute for each channel and reason on
 * one instance, since anybody can send bad tokens. The entry holds nothing of the token.
 *
 * @throws AppError `key-unavailable` when the entry cannot be written; the visitor is refused either way.
 */
export async function recordIdentityRefusal(deps: Deps, visitor: ChannelVisitor, reason: string): Promise<void> {
  const { tenantId, channelId } = visitor;
  await recorded(deps).remember(`${tenantId}/${channelId}/${reason}`, async () => {
    const audit = await auditContext(deps, tenantId);
    await deps.stores.data.runTransaction(async (tx) => {
      await Promise.resolve();
      appendEntry(tx, audit, {
        action: "identity-refused",
        actor: { kind: "data-subject", id: "" },
        targets: [{ kind: "channel", id: channelId }],
        outcome: "refused",
        metadata: { reason },
      });
    });
    return true;
  });
}
