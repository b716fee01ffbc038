import { idempotentId } from "../../crypto/blind-index.ts";
import type { Actor } from "../../identity/caller.ts";
import type { Deps } from "../../platform/deps.ts";
import { AppError } from "../../platform/errors.ts";
import { claimCall } from "../store.ts";
import { type RequestedErasure, requestErasure } from "./request-erasure.ts";
import { type ErasureScope, scopeKey } from "./scope.ts";

/**
 * Asks for an erasure under an idempotency key: the same call again returns the same request, and a key that stood for
 * something else is refused, so that a mix-up of keys erases nobody. Keys are remembered for a day, as keyed hashes.
 *
 * @throws AppError `key-reused` when the caller used the key for another scope or reason; as `requestErasure`.
 */
export async function requestErasureOnce(
  deps: Deps,
  actor: Actor,
  tenantId: string,
  asked: { scope: ErasureScope; reason: string | undefined },
  idempotencyKey: string,
): Promise<RequestedErasure> {
  const { scope, reason } = asked;
  const callId = await idempotentId(deps, tenantId, "erasure-call", actor.id, idempotencyKey);
  const bodyHash = await idempotentId(deps, tenantId, "erasure-body", callId, `${scopeKey(scope)}\0${reason ?? ""}`);
  const isSame = await claimCall(deps.stores, tenantId, { callId, bodyHash, createdAt: deps.clock.now() });
  if (!isSame) throw new AppError("key-reused", "this Idempotency-Key was used for another erasure");
  return requestErasure(deps, actor, tenantId, scope, reason);
}
