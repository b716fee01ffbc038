import "./rows.css";
import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import type { Pages } from "../hooks/use-pages.ts";
import { LoadProblem } from "./load-problem.tsx";

/** A list that comes by pages: places held while it loads, why it failed, what it says when empty, and its rest. */
export function PagedRows<Item>(props: {
  /** What the list is, for those who do not see it. */
  label: string;
  pages: Pages<Item>;
  keyOf: (item: Item) => string;
  row: (item: Item) => ReactNode;
  empty: ReactNode;
}) {
  const { label, pages, keyOf, row, empty } = props;
  const { items, problem } = pages;
  return (
    <>
      {problem !== undefined && (
        <div style={{ marginBottom: 16 }}>
          <LoadProblem loaded={pages} />
        </div>
      )}
      {items === undefined && problem === undefined && <RowsPlaceholder />}
      {items !== undefined && items.length === 0 && <div className="card">{empty}</div>}
      {items !== undefined && items.length > 0 && (
        <div className="card">
          <ul className="rows" aria-label={label} aria-busy={pages.isLoading}>
            {items.map((item) => (
              <li key={keyOf(item)}>{row(item)}</li>
            ))}
          </ul>
        </div>
      )}
      <LoadMore pages={pages} />
    </>
  );
}

/** The way to the next page of a list. */
export function LoadMore<Item>({ pages }: { pages: Pages<Item> }) {
  if (!pages.hasMore) return null;
  return (
    <div className="load-more">
      <Button variant="default" loading={pages.isLoadingMore} onClick={pages.loadMore}>
        Show more
      </Button>
    </div>
  );
}

/** Holds the place of a list while it loads. */
export function RowsPlaceholder({ rows = 5 }: { rows?: number }) {
  return (
    <div className="card after-a-while" aria-hidden="true">
      <ul className="rows">
        {Array.from({ length: rows }, (_, row) => `${row}`).map((row) => (
          <li key={row}>
            <div className="row">
              <div className="row-main">
                <Skeleton height={13} width="38%" radius="sm" />
                <Skeleton height={11} width="58%" mt={10} radius="sm" />
              </div>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
