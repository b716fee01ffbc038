import { useCallback } from "react";
import { readClosure } from "../api/closure.ts";
import type { Closure } from "../api/settings-shapes.ts";
import { useApp, useSession } from "./app.tsx";
import { useSessionHolder } from "./session-holder.tsx";
import { type Loaded, useLoad } from "./use-load.ts";

/** Whether and when the account is deleted, and how a changed answer is told to the whole console. */
export function useClosure(): Loaded<Closure> & { changed(closure: Closure): void } {
  const { api } = useApp();
  const { me } = useSession();
  const { enter } = useSessionHolder();
  const closure = useLoad(`closure/${me.tenantStatus}`, (signal) => readClosure(api, signal));
  const { change } = closure;
  const changed = useCallback(
    (next: Closure) => {
      change(() => next);
      enter({ ...me, tenantStatus: next.state === "open" ? "active" : "closing" });
    },
    [change, enter, me],
  );
  return { ...closure, changed };
}
