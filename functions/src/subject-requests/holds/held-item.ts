/** A thing that a hold keeps. */
export interface HeldItem {
  kind: "conversation" | "lead";
  id: string;
}

/** An item from its path: `.../conversations/<id>` or `.../leads/<id>`. */
export function heldItemOf(path: string): HeldItem {
  const [collection, id] = path.split("/").slice(-2);
  return { kind: collection === "leads" ? "lead" : "conversation", id: id ?? "" };
}
