import type { Deps } from "../platform/deps.ts";
import { onEach } from "./on-each.ts";

/**
 * Asks the mail provider to forget addresses, each of them whatever becomes of the others. A repeat is the same request.
 *
 * @returns `expires-on` where it takes no such request, or none from this account: its copies go by themselves, after the
 * window that the inventory states. `holds-nothing` for no address at all.
 * @throws AppError `store-unavailable` when some could not be asked for.
 * @see GDPR Art. 17(2), 19
 */
export async function forgetAddresses(
  deps: Pick<Deps, "mail">,
  addresses: readonly string[],
): Promise<"requested" | "expires-on" | "holds-nothing"> {
  if (addresses.length === 0) return "holds-nothing";
  const answers = await onEach(addresses, (address) => deps.mail.requestRemoval(address));
  return answers.includes("refused") ? "expires-on" : "requested";
}
