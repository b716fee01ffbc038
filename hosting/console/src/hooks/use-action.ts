import { useCallback, useRef, useState } from "react";
import { newIntentKey } from "../api/api.ts";
import { type ApiProblem, asProblem } from "../api/problem.ts";

export interface Action<Arguments extends unknown[]> {
  /** Does nothing while an earlier run is on its way. */
  run(...given: Arguments): void;
  isPending: boolean;
  problem: ApiProblem | undefined;
  clearProblem(): void;
}

/** Runs something that a person asked for, once at a time, and keeps why it failed. */
export function useAction<Arguments extends unknown[]>(
  act: (...given: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const isBusy = useRef(false);
  const run = (...given: Arguments) => {
    // A second click arrives before the button is drawn as disabled; state alone would let it through.
    if (isBusy.current) return;
    isBusy.current = true;
    setPending(true);
    setProblem(undefined);
    act(...given)
      .catch((error: unknown) => setProblem(asProblem(error)))
      .finally(() => {
        isBusy.current = false;
        setPending(false);
      });
  };
  return { run, isPending, problem, clearProblem: useCallback(() => setProblem(undefined), []) };
}

/** The idempotency key of one intent: the same until `renew` is called, however often it is sent. */
export function useIntentKey(): { key: string; renew(): void } {
  const [key, setKey] = useState(newIntentKey);
  return { key, renew: useCallback(() => setKey(newIntentKey()), []) };
}
