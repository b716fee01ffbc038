/** A data subject's request and how it was answered. @see GDPR Art. 12(3), 15 to 21 */
export interface SubjectRequest {
  id: string;
  tenantId: string;
  subjectId: string;
  kind: "access" | "erasure" | "rectification" | "restriction" | "objection" | "portability";
  state: "received" | "completed" | "refused";
  origin: "staff" | "data-subject" | "software";
  jobId?: string;
  receivedAt: Date;
  dueAt: Date;
  completedAt?: Date;
}

/**
 * One month after receipt; the last day of the next month where that day does not exist.
 *
 * @see GDPR Art. 12(3), Regulation (EEC, Euratom) 1182/71 Art. 3(2)(c)
 */
export function dueDate(receivedAt: Date): Date {
  const due = new Date(receivedAt);
  const day = due.getUTCDate();
  due.setUTCMonth(due.getUTCMonth() + 1);
  if (due.getUTCDate() !== day) due.setUTCDate(0);
  return due;
}
