import { type Consents, rememberPurpose } from "../consent/notice.ts";
import type { DataSubject } from "../identity/caller.ts";
import { sessionTokenFor } from "../identity/tokens.ts";
import type { Deps } from "../platform/deps.ts";

/** What a visitor holds of a conversation. */
export interface Session {
  /** Proves the person to every further call. */
  token: string;
  expiresAt: Date;
  conversationId: string;
  consents: Consents;
}

const dayMs = 24 * 60 * 60 * 1000;

/** A fresh token for a person: one day, or 30 where the person asked to be remembered. */
export function sessionFor(deps: Pick<Deps, "config" | "clock">, subject: DataSubject, consents: Consents): Session {
  const days = consents[rememberPurpose] === true ? 30 : 1;
  const expiresAt = new Date(deps.clock.now().getTime() + days * dayMs);
  const token = sessionTokenFor(deps.config, subject, expiresAt);
  return { token, expiresAt, conversationId: subject.conversationId, consents };
}
