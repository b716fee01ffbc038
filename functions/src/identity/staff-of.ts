import type { Staff } from "./caller.ts";
import { permissionsOf } from "./permissions.ts";
import type { Session } from "./store.ts";

/** The caller that a session proves. */
export function staffOf({
  tenantId,
  sessionId,
  uid,
  role,
}: Pick<Session, "tenantId" | "sessionId" | "uid" | "role">): Staff {
  const actor = { kind: "member" as const, id: uid };
  return { kind: "staff", tenantId, actor, role, permissions: permissionsOf[role], sessionId };
}
