import { listNotices } from "../api/settings.ts";
import type { Consent } from "../api/shapes.ts";
import { humanize } from "../words/things.ts";
import { useApp } from "./app.tsx";
import { useLoad } from "./use-load.ts";

/** What a consent was asked for, in the words of the notice that was shown. */
export function usePurposeNames(): (consent: Pick<Consent, "purpose" | "noticeVersion">) => string {
  const { api } = useApp();
  const { data } = useLoad("notices", (signal) => listNotices(api, signal));
  return ({ purpose, noticeVersion }) =>
    data?.find((notice) => notice.version === noticeVersion)?.purposes.find(({ id }) => id === purpose)?.title ??
    humanize(purpose);
}
