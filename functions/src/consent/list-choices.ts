import type { Deps } from "../platform/deps.ts";
import type { Notice, Purpose } from "./notice.ts";
import { findNotice, readConsents } from "./store.ts";

/** A purpose as a person may decide about it. */
export interface Choice extends Purpose {
  /** Whether consent is in force. */
  given: boolean;
  /** Whether the notice in force asks for it; what it does not ask for any more can only be withdrawn. */
  asked: boolean;
}

/**
 * The purposes of a notice, each with whether a person gave consent, then the consents in force that the notice does not
 * name, in the words under which they were given.
 *
 * @param notice - the one in force.
 * @see GDPR Art. 7(3)
 */
export async function listChoices(
  deps: Pick<Deps, "stores">,
  subject: { tenantId: string; subjectId: string },
  notice: Notice,
): Promise<Choice[]> {
  const { consents, noticeVersions } = await deps.stores.data.runTransaction(
    (tx) => readConsents(tx, deps.stores, subject),
    { readOnly: true },
  );
  const asked = notice.purposes.map((purpose) => ({ ...purpose, given: consents[purpose.id] === true, asked: true }));
  const others = Object.keys(consents)
    .filter((id) => consents[id] === true && !asked.some((one) => one.id === id))
    .sort();
  const earlier = await Promise.all(
    others.map(async (id): Promise<Choice> => {
      const then = await findNotice(deps.stores, subject.tenantId, noticeVersions[id] ?? notice.version);
      const purpose = then?.purposes.find((one) => one.id === id);
      return { ...(purpose ?? { id, title: id, text: "" }), given: true, asked: false };
    }),
  );
  return [...asked, ...earlier];
}
