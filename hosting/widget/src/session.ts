/** A visitor's session; kept in the browser only after consent to being remembered. */
export interface Session {
  token: string;
  expiresAt: string;
  conversationId: string;
  consents: Record<string, boolean>;
  /** Whose it is, where the business vouched for the visitor: from `personOf`. */
  person?: string | undefined;
  /** The question that was last taken, until its answer is here: with its key the same turn goes on. */
  pending?: PendingTurn | undefined;
}

export interface PendingTurn {
  turnId: string;
  key: string;
}

let owner: string | undefined;

/** Says who is signed in at the business: sessions kept from here on are that person's. */
export function belongTo(person: string | undefined): void {
  owner = person;
}

/**
 * Tells persons apart without knowing them: a hash of the id in an identity token. The token is checked by the server,
 * not here.
 *
 * @returns undefined for what is no token.
 */
export async function personOf(token: unknown): Promise<string | undefined> {
  if (typeof token !== "string") return undefined;
  try {
    const payload = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const { sub } = JSON.parse(payload) as { sub?: string };
    if (sub === undefined) return undefined;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(sub));
    return btoa(String.fromCharCode(...new Uint8Array(digest)));
  } catch {
    return undefined;
  }
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
    const pending = rememberedSession()?.pending;
    if (session.consents.remember === true)
      localStorage.setItem(slot, JSON.stringify({ pending, ...session, person: owner }));
    else localStorage.removeItem(slot);
  } catch {
    // Storage is closed to us (private window, third-party storage blocked): the session lives in memory.
  }
}

/** Keeps which question waits for its answer, beside a remembered session alone; undefined once it is here. */
export function keepPending(pending: PendingTurn | undefined): void {
  const session = rememberedSession();
  if (session !== undefined) keepSession({ ...session, pending });
}

/** Forgets the remembered session. */
export function forgetSession(): void {
  try {
    localStorage.removeItem(slot);
  } catch {
    // Storage is closed to us: there is nothing to forget.
  }
}
