import type { Staff } from "../identity/caller.ts";
import type { Export } from "./store.ts";

/** Whether staff who may read exports may have one of this scope: a whole account is for those who may export it. */
export function mayHave(staff: Pick<Staff, "permissions">, scope: Export["scope"]): boolean {
  return scope === "person" || staff.permissions.has("exports:account");
}
