import { createHash } from "node:crypto";
import { normalizeIdentifier } from "../crypto/blind-index.ts";
import type { Deps } from "../platform/deps.ts";
import { AppError } from "../platform/errors.ts";
import type { Caller } from "./caller.ts";

/** Calls a minute that one caller may make on one instance; bursts up to the same number. */
const callsPerMinute = {
  "public-read": 600,
  "sign-in": 20,
  session: 120,
  turn: 30,
  "visitor-write": 30,
  "subject-request": 20,
  "staff-read": 600,
  "staff-write": 240,
} as const;

export type LimitClass = keyof typeof callsPerMinute;

/** Attempts a minute at the password of one account, whoever makes them. */
const attemptsPerMinute = 10;

/** Records of API keys a minute that one address may make this instance look up; a known key is remembered for a minute. */
const keysPerMinute = 60;

interface Allowance {
  left: number;
  at: number;
}

const allowances = new Map<string, Allowance>();
const capacity = 50_000;

function holderOf(caller: Caller, address: string): string {
  if (caller.kind === "data-subject") return caller.sessionId;
  if (caller.kind === "staff") return `${caller.tenantId}/${caller.actor.id}`;
  return address;
}

/**
 * Takes one call from the caller's allowance (a token bucket in the memory of this instance; nothing is stored).
 *
 * @param address - the client's address, the holder of the allowance where nothing else is known; it stays in memory.
 * @throws AppError `rate-limited` when the allowance is used up; the bucket refills over a minute.
 */
export function assertWithinLimit(deps: Pick<Deps, "clock">, limit: LimitClass, caller: Caller, address: string): void {
  take(deps, `${limit}/${holderOf(caller, address)}`, callsPerMinute[limit]);
}

/**
 * Takes one attempt from an account's allowance, whether or not there is such an account.
 *
 * @param email - kept in memory as a hash only.
 * @throws AppError `rate-limited`.
 */
export function assertAccountWithinLimit(deps: Pick<Deps, "clock">, email: string): void {
  const account = createHash("sha256").update(normalizeIdentifier("email", email)).digest("base64url");
  take(deps, `account/${account}`, attemptsPerMinute);
}

/**
 * Takes one look-up of an API key from an address's allowance: whoever makes keys up has no other holder.
 *
 * @param address - kept in memory alone.
 * @throws AppError `rate-limited`.
 */
export function assertAddressWithinLimit(deps: Pick<Deps, "clock">, address: string): void {
  take(deps, `keys/${address}`, keysPerMinute);
}

function take(deps: Pick<Deps, "clock">, key: string, rate: number): void {
  const now = deps.clock.now().getTime();
  const seen = allowances.get(key) ?? { left: rate, at: now };
  const left = Math.min(rate, seen.left + (Math.max(0, now - seen.at) * rate) / 60_000);
  if (left < 1) throw new AppError("rate-limited", `more than ${rate} calls a minute`);
  allowances.delete(key);
  allowances.set(key, { left: left - 1, at: now });
  const oldest = allowances.keys().next();
  if (allowances.size > capacity && !oldest.done) allowances.delete(oldest.value);
}
