import type { Permission, Region, Role } from "./shapes.ts";

/** Shapes of what an account is set up with. Times are RFC 3339 UTC. */

export interface Settings {
  tenantId: string;
  region: Region;
  name: string;
  website: string;
  privacyContact: { name: string; email: string };
  status: string;
  createdAt: string;
}

export interface Agent {
  agentId: string;
  name: string;
  greeting: string;
  instructions: string;
  handoffText: string;
}

export interface Channel {
  channelId: string;
  channelKey: string;
  name: string;
  agentId: string;
  origins: readonly string[];
  /** `#rrggbb` */
  accentColor: string;
  enabled: boolean;
}

export interface Purpose {
  id: string;
  title: string;
  text: string;
}

export interface Notice {
  version: number;
  text: string;
  purposes: readonly Purpose[];
  createdAt: string;
}

export interface Member {
  uid: string;
  email: string;
  name: string;
  role: Role;
  state: "active" | "removed";
  createdAt: string;
}

export interface ApiKey {
  keyId: string;
  name: string;
  scopes: readonly Permission[];
  createdAt: string;
  createdBy: string;
  lastUsedAt?: string;
  revokedAt?: string;
}

/** A public key with which the business signs who its visitors are. */
export interface IdentityKey {
  keyId: string;
  /** As tokens name it. */
  kid: string;
  name: string;
  algorithm: "EdDSA" | "ES256" | "RS256";
  /** RFC 7638 thumbprint. */
  fingerprint: string;
  createdAt: string;
}

/** The keys that protect the account's data, newest first, with the dates by which they change. */
export interface KeyDates {
  tenantKeys: readonly { version: number; createdAt: string; kmsVersion: string; destroyedFrom?: string }[];
  nextRotationAt: string;
  /** Versions of the region's key in Cloud KMS; empty where they were not looked at yet. */
  kmsVersions: readonly {
    version: string;
    state: string;
    createdAt: string;
    unusedSince?: string;
    destroyedFrom?: string;
    destroyAt?: string;
  }[];
}

/** Where the business's own systems are told of erasures. */
export interface Webhook {
  url: string;
  createdAt: string;
  secretCreatedAt: string;
  /** Until when the secret before it signs too. */
  earlierSecretUntil?: string;
}

/** A message to the webhook; its id is also its job's. */
export interface WebhookDelivery {
  notificationId: string;
  event: string;
  state: "queued" | "acknowledged" | "unanswered" | "withdrawn" | "told";
  outcome?: string;
  attempts: number;
  /** HTTP status of the last answer. */
  lastStatus?: number;
  createdAt: string;
  acknowledgedAt?: string;
}

/** Whether and when the account is deleted. */
export interface Closure {
  state: "open" | "closing" | "deleting";
  graceDays: number;
  /** Legal holds in force, which block it. */
  holds: number;
  /** Absent while the account is open. */
  closure?: {
    requestedAt: string;
    closesAt: string;
    goneBy: string;
    daysLeft: number;
    waivedAt?: string;
    startedAt?: string;
  };
}

/** A third party that holds a copy. */
export interface SubProcessor {
  name: string;
  purpose: string;
  place: string;
  transferBasis: string;
  deletion: string;
}
