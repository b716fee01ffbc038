import type { Stores } from "../inventory/collections.ts";
import type { Head } from "./conversation.ts";
import { findHead, type HeadKey } from "./store.ts";

/** A conversation's head, or undefined: whose it is, and how it stands. */
export function findHeadOf(stores: Stores, key: HeadKey): Promise<Head | undefined> {
  return findHead(stores, key);
}
