import { useCallback, useRef, useState } from "react";
import { type ApiProblem, asProblem } from "../api/problem.ts";
import type { Page } from "../api/shapes.ts";
import { useLoad } from "./use-load.ts";

export interface Pages<Item> {
  /** Absent until the first page is known. */
  items: readonly Item[] | undefined;
  problem: ApiProblem | undefined;
  isLoading: boolean;
  hasMore: boolean;
  isLoadingMore: boolean;
  loadMore(): void;
  reload(): void;
  change(change: (items: readonly Item[]) => readonly Item[]): void;
}

/**
 * Loads a list page by page; the next page is put below when it is asked for.
 *
 * @param keyOf - tells whether an item is there already, when the list moved between two pages.
 */
export function usePages<Item>(
  name: string,
  loadPage: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<Item>>,
  keyOf: (item: Item) => string,
  options: { keep?: boolean } = {},
): Pages<Item> {
  const first = useLoad<Page<Item>>(name, (signal) => loadPage(undefined, signal), options);
  const [more, setMore] = useState<{ name: string; isLoading: boolean; problem: ApiProblem | undefined }>();
  const isBusy = useRef(false);
  const { change } = first;
  const cursor = first.data?.nextCursor;

  const loadMore = () => {
    if (cursor === undefined || isBusy.current) return;
    isBusy.current = true;
    setMore({ name, isLoading: true, problem: undefined });
    loadPage(cursor)
      .then(
        (page) => {
          change((before) => {
            const known = new Set(before.items.map(keyOf));
            return { ...page, items: [...before.items, ...page.items.filter((item) => !known.has(keyOf(item)))] };
          });
          setMore(undefined);
        },
        (error: unknown) => setMore({ name, isLoading: false, problem: asProblem(error) }),
      )
      .finally(() => {
        isBusy.current = false;
      });
  };

  const own = more?.name === name ? more : undefined;
  return {
    items: first.data?.items,
    problem: first.problem ?? own?.problem,
    isLoading: first.isLoading,
    hasMore: cursor !== undefined,
    isLoadingMore: own?.isLoading ?? false,
    loadMore,
    reload: first.reload,
    change: useCallback(
      (change_: (items: readonly Item[]) => readonly Item[]) =>
        change((before) => ({ ...before, items: change_(before.items) })),
      [change],
    ),
  };
}
