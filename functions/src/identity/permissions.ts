/** Roles of staff, from all to least. */
export const roles = ["owner", "admin", "privacy", "support", "viewer"] as const;
export type Role = (typeof roles)[number];

/** What a route may ask for. API keys are given a subset as scopes. */
export const permissions = [
  "account:read",
  "account:close",
  "settings:write",
  "conversations:read",
  "conversations:write",
  "subjects:read",
  "subjects:search",
  "subjects:write",
  "exports:create",
  "exports:read",
  "exports:account",
  "erasures:create",
  "erasures:read",
  "holds:write",
  "retention:write",
  "knowledge:read",
  "knowledge:write",
  "leads:read",
  "leads:write",
  "audit:read",
  "jobs:read",
  "jobs:write",
  "team:read",
  "team:write",
  "keys:write",
  "billing:write",
] as const;
export type Permission = (typeof permissions)[number];

const viewer: readonly Permission[] = ["account:read", "jobs:read", "knowledge:read", "team:read"];
const support: readonly Permission[] = [
  ...viewer,
  "conversations:read",
  "conversations:write",
  "subjects:read",
  "subjects:search",
  "leads:read",
  "leads:write",
];
const privacy: readonly Permission[] = [
  ...support,
  "subjects:write",
  "exports:create",
  "exports:read",
  "erasures:create",
  "erasures:read",
  "holds:write",
  "retention:write",
  "audit:read",
  "jobs:write",
];
const admin: readonly Permission[] = [
  ...privacy,
  "settings:write",
  "knowledge:write",
  "team:write",
  "keys:write",
  "exports:account",
];

/** What each role may do. */
export const permissionsOf: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  owner: new Set(permissions),
  admin: new Set(admin),
  privacy: new Set(privacy),
  support: new Set(support),
  viewer: new Set(viewer),
};
