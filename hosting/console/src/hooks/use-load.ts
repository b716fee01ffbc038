import { useCallback, useEffect, useEffectEvent, useState } from "react";
import { type ApiProblem, asProblem } from "../api/problem.ts";
import { useApp } from "./app.tsx";

export interface Loaded<Value> {
  /** Absent until it is known. */
  data: Value | undefined;
  problem: ApiProblem | undefined;
  isLoading: boolean;
  reload(): void;
  /** Shows a changed value without asking again. */
  change(change: (value: Value) => Value): void;
}

interface State<Value> {
  name: string;
  data: Value | undefined;
  problem: ApiProblem | undefined;
  isLoading: boolean;
}

/**
 * Loads what a page shows, and again whenever `name` changes.
 *
 * @param name - what is loaded; also where it is kept in memory.
 * @param options - `keep: false` for what must not be shown again without asking, such as a person's words.
 */
export function useLoad<Value>(
  name: string,
  load: (signal: AbortSignal) => Promise<Value>,
  options: { keep?: boolean } = {},
): Loaded<Value> {
  const { cache } = useApp();
  const keeps = options.keep ?? true;
  const fresh = (): State<Value> => ({
    name,
    data: keeps ? cache.find<Value>(name) : undefined,
    problem: undefined,
    isLoading: true,
  });
  const [stored, setState] = useState(fresh);
  const [attempt, setAttempt] = useState(0);
  // Another name is another thing: what was loaded under the old one must not be seen even once.
  const state = stored.name === name ? stored : fresh();
  const start = useEffectEvent((signal: AbortSignal) => {
    if (stored.name !== name) setState(fresh());
    load(signal).then(
      (data) => {
        if (signal.aborted) return;
        if (keeps) cache.keep(name, data);
        setState({ name, data, problem: undefined, isLoading: false });
      },
      (error: unknown) => {
        if (signal.aborted) return;
        setState((before) => ({
          name,
          data: before.name === name ? before.data : undefined,
          problem: asProblem(error),
          isLoading: false,
        }));
      },
    );
  });

  // biome-ignore lint/correctness/useExhaustiveDependencies: name and attempt are what a new start depends on
  useEffect(() => {
    const controller = new AbortController();
    start(controller.signal);
    return () => controller.abort();
  }, [name, attempt]);

  const reload = useCallback(() => {
    setState((before) => ({ ...before, problem: undefined, isLoading: true }));
    setAttempt((before) => before + 1);
  }, []);
  const change = useCallback(
    (change: (value: Value) => Value) => {
      setState((before) => {
        if (before.data === undefined) return before;
        const data = change(before.data);
        if (keeps) cache.keep(before.name, data);
        return { ...before, data };
      });
    },
    [cache, keeps],
  );
  return { data: state.data, problem: state.problem, isLoading: state.isLoading, reload, change };
}
