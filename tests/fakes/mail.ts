import { AppError } from "../../functions/src/platform/errors.ts";
import type { Letter, Mail } from "../../functions/src/ports/mail.ts";

/** Postmark in memory. As at the stand-in, addresses at `bounce.example` take no mail. */
export interface FakeMail extends Mail {
  readonly letters: readonly Letter[];
  /** Addresses whose removal was asked for. */
  readonly removals: readonly string[];
  /** The next call fails with `store-unavailable`: before it takes effect, or after. */
  failNext(when: "before" | "after"): void;
  /** Every letter to an address fails with `store-unavailable`, until it is called with none. */
  failFor(address: string | undefined): void;
  /** Removals are refused from here on, or taken again: Postmark opens its door for them on request. */
  refuseRemovals(refused: "refused" | "requested"): void;
}

export function fakeMail(): FakeMail {
  const letters: Letter[] = [];
  const removals: string[] = [];
  const faults: ("before" | "after")[] = [];
  let broken: string | undefined;
  let door: "refused" | "requested" = "requested";
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
    failFor: (address) => {
      broken = address;
    },
    refuseRemovals: (refused) => {
      door = refused;
    },
    send: async (letter) =>
      faulty(() => {
        if (letter.to === broken) throw failure();
        if (!letter.to.includes("@") || letter.to.endsWith("@bounce.example")) return "undeliverable";
        letters.push(letter);
        return "sent";
      }),
    requestRemoval: async (address) =>
      faulty(() => {
        if (door === "requested") removals.push(address);
        return door;
      }),
  };
}
