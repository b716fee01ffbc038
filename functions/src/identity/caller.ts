import type { Permission, Role } from "./permissions.ts";

/** Who did something, as the audit trail names them. */
export interface Actor {
  kind: "member" | "api-key" | "data-subject" | "system" | "operator";
  /** Member uid, API key id, subject id, function name or operator name. */
  id: string;
}

/** Anybody; nothing is known of them. */
export interface Anyone {
  kind: "public";
}

/** A page that holds a channel's key: a visitor before a session exists. */
export interface ChannelVisitor {
  kind: "channel";
  tenantId: string;
  channelId: string;
}

/** A data subject, proven by a session token that we signed. */
export interface DataSubject {
  kind: "data-subject";
  tenantId: string;
  subjectId: string;
  conversationId: string;
  channelId: string;
  sessionId: string;
}

/** A member of staff (cookie) or the tenant's own software (API key). */
export interface Staff {
  kind: "staff";
  tenantId: string;
  actor: Actor;
  role: Role | "api-key";
  permissions: ReadonlySet<Permission>;
  /** The sign-in session, for members. */
  sessionId?: string;
}

export type Caller = Anyone | ChannelVisitor | DataSubject | Staff;
