import { SegmentedControl } from "@mantine/core";
import { IconLock } from "@tabler/icons-react";
import { useState } from "react";
import { listHolds } from "../api/rights.ts";
import { EmptyState } from "../components/empty-state.tsx";
import { HoldRow } from "../components/hold-row.tsx";
import { LoadProblem } from "../components/load-problem.tsx";
import { Page } from "../components/page.tsx";
import { RowsPlaceholder } from "../components/rows.tsx";
import { useApp } from "../hooks/app.tsx";
import { useLoad } from "../hooks/use-load.ts";

/** Holds of everybody, soonest end first. */
export function Holds() {
  const { api } = useApp();
  const holds = useLoad("holds", (signal) => listHolds(api, undefined, signal));
  const [view, setView] = useState<"active" | "over">("active");
  const shown = (holds.data ?? []).filter((hold) => (hold.state === "active") === (view === "active"));
  return (
    <Page
      title="Holds"
      lead="Items that the law makes you keep although they are due: neither erased nor purged until the hold ends. Everything else of the same person follows the usual rules."
    >
      <div style={{ marginBottom: 16 }}>
        <SegmentedControl
          aria-label="Which holds"
          value={view}
          onChange={(value) => setView(value === "over" ? "over" : "active")}
          data={[
            { value: "active", label: "In force" },
            { value: "over", label: "Over" },
          ]}
        />
      </div>
      <LoadProblem loaded={holds} />
      {holds.data === undefined && holds.problem === undefined && <RowsPlaceholder rows={3} />}
      {holds.data !== undefined && (
        <div className="card">
          {shown.length === 0 ? (
            <EmptyState icon={IconLock} title={view === "active" ? "No holds in force" : "No hold has ended yet"}>
              {view === "active"
                ? "When a dispute or a duty makes you keep something of a person, open their page and place a hold on exactly that."
                : "Holds that ended or were released are listed here."}
            </EmptyState>
          ) : (
            <ul className="rows" aria-label="Holds">
              {shown.map((hold) => (
                <li key={hold.holdId}>
                  <HoldRow hold={hold} namesPerson onChanged={holds.reload} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
    </Page>
  );
}
