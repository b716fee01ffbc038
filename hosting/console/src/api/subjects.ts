import type { Api } from "./api.ts";
import type { Candidate, Consent, Conversation, Identifier, Lead, Subject } from "./shapes.ts";

export interface PersonFile {
  subject: Subject;
  identifiers: readonly Identifier[];
  conversations: readonly Conversation[];
  leads: readonly Lead[];
  consents: readonly Consent[];
}

/**
 * Everything that the console shows of one person; audited.
 *
 * @throws ApiProblem `subject-erased` when the person is gone, `not-found` when there was never one.
 */
export function readSubject(api: Api, subjectId: string, signal: AbortSignal): Promise<PersonFile> {
  return api.get<PersonFile>(`/v1/subjects/${subjectId}`, { signal });
}

/** What a person is searched by; `reference` is the business's own id. */
export type SearchKind = "email" | "phone" | "reference";

/** People who verified or stated an address. It travels in the body, never in a URL; audited without it. */
export async function searchSubjects(api: Api, kind: SearchKind, value: string): Promise<readonly Candidate[]> {
  const answer = await api.post<{ subjects: Candidate[] }>("/v1/subjects/search", { body: { kind, value } });
  return answer.subjects;
}
