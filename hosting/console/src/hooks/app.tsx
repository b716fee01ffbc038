import { createContext, type ReactNode, use } from "react";
import type { Api } from "../api/api.ts";
import type { LiveJobs } from "../api/live-jobs.ts";
import type { Me, Permission } from "../api/shapes.ts";
import type { Cache } from "./cache.ts";

/** What lives as long as the page: made once at the start. */
export interface App {
  api: Api;
  live: LiveJobs;
  cache: Cache;
}

/** The member who is signed in. */
export interface Session {
  me: Me;
  /** Whether the role may do it; what it may not is hidden. */
  can(permission: Permission): boolean;
  signOut(): Promise<void>;
}

const AppContext = createContext<App | undefined>(undefined);
const SessionContext = createContext<Session | undefined>(undefined);

export function AppProvider({ app, children }: { app: App; children: ReactNode }) {
  return <AppContext value={app}>{children}</AppContext>;
}

export function SessionProvider({ session, children }: { session: Session; children: ReactNode }) {
  return <SessionContext value={session}>{children}</SessionContext>;
}

/** @throws Error outside of AppProvider. */
export function useApp(): App {
  const app = use(AppContext);
  if (app === undefined) throw new Error("useApp outside of AppProvider");
  return app;
}

/** @throws Error on a page that is shown before sign-in. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error("useSession outside of SessionProvider");
  return session;
}
