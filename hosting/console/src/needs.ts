import type { Permission } from "./api/shapes.ts";

/** What a page needs, as its row of the router says: asked before the page asks the API, which records refusals. */
export interface Needs {
  needs: Permission;
}

/** The permission that a row of the router names, or undefined. */
export function neededBy(handle: unknown): Permission | undefined {
  return typeof handle === "object" && handle !== null && "needs" in handle ? (handle as Needs).needs : undefined;
}
