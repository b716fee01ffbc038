import { AppError } from "../../functions/src/platform/errors.ts";
import type { Letter, Mail } from "../../functions/src/ports/mail.ts";

/** Postmark in memory. */
export interface FakeMail extends Mail {
  readonly letters: readonly (Letter & { messageId: string })[];
  /** Addresses whose removal was asked for. */
  readonly removals: readonly string[];
  /** The next call fails with `store-unavailable`: before it takes effect, or after. */
  failNext(when: "before" | "after"): void;
}

export function fakeMail(): FakeMail {
  const letters: (Letter & { messageId: string })[] = [];
  const removals: string[] = [];
  const faults: ("before" | "after")[] = [];
  const failure = () => new AppError("store-unavailable", "mail provider could not be reached");
  function faulty<T>(call: () => T): T {
    const fault = faults.shift();
    if (fault === "before") throw failure();
    const result = call();
    if (fault === "after") throw failure();
    return result;
  }
  return {
    letters,
    removals,
    failNext: (when) => void faults.push(when),
    send: async (letter) =>
      faulty(() => {
        const messageId = `letter-${letters.length + 1}`;
        letters.push({ ...letter, messageId });
        return messageId;
      }),
    requestRemoval: async (address) => faulty(() => `removal-${removals.push(address)}`),
  };
}
