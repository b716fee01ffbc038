import { createContext, type ReactNode, use, useCallback, useEffect, useMemo, useState } from "react";
import { findMe, signOut } from "../api/auth.ts";
import { type ApiProblem, asProblem } from "../api/problem.ts";
import type { Me } from "../api/shapes.ts";
import { useApp } from "./app.tsx";

/** Whether somebody is signed in, as far as this tab knows. */
export type SessionState =
  | { kind: "unknown" }
  | { kind: "unreachable"; problem: ApiProblem }
  | { kind: "nobody"; why: "not-yet" | "ended" | "left" }
  | { kind: "member"; me: Me };

interface Holder {
  state: SessionState;
  enter(me: Me): void;
  leave(): Promise<void>;
  tryAgain(): void;
}

const HolderContext = createContext<Holder | undefined>(undefined);

/** Finds the session at the start, and lets go of everything that was shown when it ends. */
export function SessionHolder({ children }: { children: ReactNode }) {
  const { api, cache, live } = useApp();
  const [state, setState] = useState<SessionState>({ kind: "unknown" });

  const find = useCallback(() => {
    setState({ kind: "unknown" });
    findMe(api).then(
      (me) => setState(me === undefined ? { kind: "nobody", why: "not-yet" } : { kind: "member", me }),
      (error: unknown) => setState({ kind: "unreachable", problem: asProblem(error) }),
    );
  }, [api]);
  useEffect(find, [find]);

  const forget = useCallback(
    (why: "ended" | "left") => {
      live.stop();
      cache.forget();
      setState({ kind: "nobody", why });
    },
    [live, cache],
  );
  useEffect(() => {
    // Answers of 401 before anybody is signed in are no end of a session.
    api.onSessionOver = state.kind === "member" ? () => forget("ended") : () => undefined;
  }, [api, forget, state.kind]);

  const holder = useMemo<Holder>(
    () => ({
      state,
      enter: (me) => setState({ kind: "member", me }),
      leave: async () => {
        await signOut(api);
        forget("left");
      },
      tryAgain: find,
    }),
    [state, api, forget, find],
  );
  return <HolderContext value={holder}>{children}</HolderContext>;
}

/** @throws Error outside of SessionHolder. */
export function useSessionHolder(): Holder {
  const holder = use(HolderContext);
  if (holder === undefined) throw new Error("useSessionHolder outside of SessionHolder");
  return holder;
}
