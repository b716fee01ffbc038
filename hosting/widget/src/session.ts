/** A visitor's session; kept in the browser only after consent to being remembered. */
export interface Session {
  token: string;
  expiresAt: string;
  conversationId: string;
  consents: Record<string, boolean>;
}

const slot = "lethe.session";

/** The remembered session, or undefined: none, ended, or storage is closed to us. */
export function rememberedSession(): Session | undefined {
  try {
    const text = localStorage.getItem(slot);
    const session = text === null ? undefined : (JSON.parse(text) as Session);
    return session !== undefined && Date.parse(session.expiresAt) > Date.now() ? session : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the session if its person consented to `remember`; else makes sure that none is kept. */
export function keepSession(session: Session): void {
  try {
    if (session.consents.remember === true) localStorage.setItem(slot, JSON.stringify(session));
    else localStorage.removeItem(slot);
  } catch {
    // Storage is closed to us (private window, third-party storage blocked): the session lives in memory.
  }
}

/** Forgets the remembered session. */
export function forgetSession(): void {
  try {
    localStorage.removeItem(slot);
  } catch {
    // Storage is closed to us: there is nothing to forget.
  }
}
