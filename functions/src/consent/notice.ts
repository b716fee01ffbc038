import { AppError } from "../platform/errors.ts";

/** Something that consent is asked for, by itself and unticked. @see GDPR Art. 7(2), recital 32 */
export interface Purpose {
  /** Such as `remember`. */
  id: string;
  title: string;
  text: string;
}

/** A privacy notice as it is shown; a version never changes. @see GDPR Art. 13 */
export interface Notice {
  tenantId: string;
  version: number;
  text: string;
  purposes: readonly Purpose[];
  createdAt: Date;
}

/** Purpose id to whether consent is in force. */
export type Consents = Readonly<Record<string, boolean>>;

/** Consent to keep the session on the device: a token then lives 30 days instead of one. */
export const rememberPurpose = "remember";

/**
 * Checks that a person saw the notice in force and was asked for these purposes.
 *
 * @throws AppError `consent-required` for another version, `input-invalid` for a purpose that the notice does not name.
 */
export function assertAsked(notice: Notice, noticeVersion: number, purposes: readonly string[]): void {
  if (noticeVersion !== notice.version) {
    throw new AppError("consent-required", `notice ${noticeVersion} is not the one in force, ${notice.version}`);
  }
  const unknown = purposes.find((id) => !notice.purposes.some((purpose) => purpose.id === id));
  if (unknown !== undefined) throw new AppError("input-invalid", "consents name a purpose that the notice does not");
}

/** Every purpose of the notice with what was answered; what was not answered is not given. @see GDPR Art. 4(11) */
export function consentsOf(notice: Notice, given: Consents): Consents {
  return Object.fromEntries(notice.purposes.map(({ id }) => [id, given[id] === true]));
}
