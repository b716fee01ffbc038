export type Crud = "create" | "read" | "update" | "delete" | "none";

/**
 * Every act that the audit trail knows, with what it is in words for staff. Past tense: the entry says that it happened.
 * `isEvidence`: it is about a consent or a request of a data subject, and shows after an erasure that it was honored.
 */
export const actions = {
  "tenant-created": { crud: "create", title: "Account opened" },
  "settings-changed": { crud: "update", title: "Settings changed" },
  "retention-changed": { crud: "update", title: "Retention policy changed" },
  "retention-run": { crud: "delete", title: "Expired data purged" },
  "agent-created": { crud: "create", title: "Agent created" },
  "agent-changed": { crud: "update", title: "Agent changed" },
  "channel-created": { crud: "create", title: "Channel created" },
  "channel-changed": { crud: "update", title: "Channel changed" },
  "notice-published": { crud: "create", title: "Privacy notice published" },
  "knowledge-uploaded": { crud: "create", title: "Document uploaded" },
  "knowledge-read": { crud: "read", title: "Document read" },
  "knowledge-deleted": { crud: "delete", title: "Document deleted" },
  "member-added": { crud: "create", title: "Member added" },
  "member-role-changed": { crud: "update", title: "Role changed" },
  "member-removed": { crud: "delete", title: "Member removed" },
  "api-key-created": { crud: "create", title: "API key created" },
  "api-key-revoked": { crud: "delete", title: "API key revoked" },
  "api-key-used": { crud: "none", title: "API key used" },
  "password-changed": { crud: "update", title: "Password changed" },
  "signed-in": { crud: "create", title: "Signed in" },
  "sign-in-failed": { crud: "none", title: "Sign-in refused" },
  "signed-out": { crud: "delete", title: "Signed out" },
  "live-token-issued": { crud: "create", title: "Live view opened" },
  "identity-key-added": { crud: "create", title: "Identity key added" },
  "identity-key-removed": { crud: "delete", title: "Identity key removed" },
  "identity-refused": { crud: "none", title: "Visitor identity refused" },
  "permission-refused": { crud: "none", title: "Refused by permission" },
  "session-started": { crud: "create", title: "Visitor session started" },
  "conversation-started": { crud: "create", title: "Conversation started" },
  "conversation-listed": { crud: "read", title: "Conversations listed" },
  "conversation-changed": { crud: "update", title: "Conversation assigned or labeled" },
  "conversation-read": { crud: "read", title: "Conversation read" },
  "subject-read": { crud: "read", title: "Person looked up" },
  "subject-searched": { crud: "read", title: "Identifier searched" },
  "leads-read": { crud: "read", title: "Leads read" },
  "lead-created": { crud: "create", title: "Lead left" },
  "lead-changed": { crud: "update", title: "Lead changed" },
  "consent-given": { crud: "create", title: "Consent given", isEvidence: true },
  "consent-withdrawn": { crud: "update", title: "Consent withdrawn", isEvidence: true },
  "identifier-verified": { crud: "update", title: "Identifier verified" },
  "request-received": { crud: "create", title: "Request of a data subject received", isEvidence: true },
  "request-completed": { crud: "update", title: "Request of a data subject completed", isEvidence: true },
  "schedule-created": { crud: "create", title: "Schedule created" },
  "schedule-changed": { crud: "update", title: "Schedule changed" },
  "schedule-deleted": { crud: "delete", title: "Schedule deleted" },
  "export-requested": { crud: "create", title: "Export requested", isEvidence: true },
  "export-completed": { crud: "create", title: "Export completed", isEvidence: true },
  "export-link-issued": { crud: "read", title: "Export link issued" },
  "export-deleted": { crud: "delete", title: "Export file deleted" },
  "erasure-previewed": { crud: "read", title: "Erasure previewed" },
  "erasure-requested": { crud: "delete", title: "Erasure requested", isEvidence: true },
  "key-destroyed": { crud: "delete", title: "Key destroyed" },
  "leftover-erased": { crud: "delete", title: "Leftover of an erasure deleted" },
  "erasure-completed": { crud: "delete", title: "Erasure completed", isEvidence: true },
  "subject-restricted": { crud: "update", title: "Processing restricted", isEvidence: true },
  "restriction-lifted": { crud: "update", title: "Restriction lifted", isEvidence: true },
  "restricted-data-used": { crud: "read", title: "Restricted data used" },
  "subject-rectified": { crud: "update", title: "Data rectified", isEvidence: true },
  "objection-received": { crud: "update", title: "Objection received", isEvidence: true },
  "objection-decided": { crud: "update", title: "Objection decided", isEvidence: true },
  "hold-placed": { crud: "create", title: "Hold placed" },
  "hold-extended": { crud: "update", title: "Hold extended" },
  "hold-lifted": { crud: "delete", title: "Hold lifted" },
  "hold-ended": { crud: "delete", title: "Hold ended" },
  "held-item-read": { crud: "read", title: "Held item read" },
  "deadline-reminded": { crud: "none", title: "Staff reminded of a deadline" },
  "keys-rotated": { crud: "update", title: "Keys rotated" },
  "audit-read": { crud: "read", title: "Audit trail read" },
  "audit-pruned": { crud: "delete", title: "Audit entries past retention deleted" },
  "closure-requested": { crud: "update", title: "Account deletion requested" },
  "closure-cancelled": { crud: "update", title: "Account deletion cancelled" },
  "closure-waived": { crud: "update", title: "Rest of the grace period waived" },
  "closure-started": { crud: "delete", title: "Account deletion begun" },
  "closure-completed": { crud: "delete", title: "Account deleted" },
  "recipient-told": { crud: "none", title: "Recipient told" },
  "webhook-changed": { crud: "update", title: "Webhook changed" },
  "webhook-deleted": { crud: "delete", title: "Webhook deleted" },
  "webhook-secret-rotated": { crud: "update", title: "Webhook secret replaced" },
  "job-retried": { crud: "update", title: "Job retried" },
  "job-cancelled": { crud: "update", title: "Job cancelled" },
  "restore-completed": { crud: "update", title: "Database restored" },
} as const satisfies Record<string, { crud: Crud; title: string; isEvidence?: true }>;

export type AuditAction = keyof typeof actions;

/** Whether an action is about a consent or a request of a data subject. */
export function isEvidence(action: AuditAction): boolean {
  return "isEvidence" in actions[action];
}

/** An action in words; one that this version does not know keeps its code. */
export function titleOf(action: string): string {
  return Object.hasOwn(actions, action) ? actions[action as AuditAction].title : action;
}
