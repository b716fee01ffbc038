import type { Stores } from "../inventory/collections.ts";
import type { Notice } from "./notice.ts";
import { findNewestNotice } from "./store.ts";

/** The tenant's newest privacy notice, or undefined when none was published. */
export function noticeInForce(stores: Stores, tenantId: string): Promise<Notice | undefined> {
  return findNewestNotice(stores, tenantId);
}
