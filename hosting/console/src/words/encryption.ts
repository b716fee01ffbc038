import type { KeyDates } from "../api/settings-shapes.ts";
import { humanize } from "./things.ts";
import { dayOf } from "./time.ts";

const states: Readonly<Record<string, string>> = {
  ENABLED: "Enabled",
  DISABLED: "Disabled",
  DESTROY_SCHEDULED: "Being destroyed",
  DESTROYED: "Destroyed",
};

/** How a version stands in Cloud KMS. */
export function kmsStateText(state: string): string {
  return states[state] ?? humanize(state);
}

/** What becomes of a version of Cloud KMS's key, and when. */
export function kmsFateText({ state, unusedSince, destroyedFrom, destroyAt }: KeyDates["kmsVersions"][number]): string {
  if (state === "DESTROYED") return "Nothing that it wrapped can be opened any more.";
  if (destroyAt !== undefined) return `Cannot be called back from ${dayOf(new Date(destroyAt))} on.`;
  if (destroyedFrom !== undefined)
    return `Wraps nothing any more; destroyed from ${dayOf(new Date(destroyedFrom))} on.`;
  return unusedSince === undefined ? "Wraps account keys." : "Wraps nothing any more.";
}

/** What becomes of a version of the account's key, and when. */
export function tenantKeyText(key: KeyDates["tenantKeys"][number], nextRotationAt: string): string {
  if (key.destroyedFrom === undefined)
    return `The next one is made on ${dayOf(new Date(nextRotationAt))} at the latest.`;
  return `Destroyed from ${dayOf(new Date(key.destroyedFrom))} on, when no backup needs it any more.`;
}
