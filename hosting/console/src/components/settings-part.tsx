import { Button, Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import type { ApiProblem } from "../api/problem.ts";
import type { Loaded } from "../hooks/use-load.ts";
import { ProblemNotice } from "./problem-notice.tsx";

/** One part of the settings, shown once what it holds is known. */
export function SettingsPart<Value>(props: {
  title: string;
  lead: ReactNode;
  loaded: Loaded<Value>;
  aside?: ReactNode;
  children: (value: Value) => ReactNode;
}) {
  const { title, lead, loaded, aside, children } = props;
  return (
    <section aria-label={title}>
      <title>{`${title} · Settings · Lethe`}</title>
      <div className="section-head settings-head">
        <div>
          <h2>{title}</h2>
          <p className="section-lead">{lead}</p>
        </div>
        {aside}
      </div>
      {loaded.data !== undefined && children(loaded.data)}
      {loaded.data === undefined && loaded.problem !== undefined && (
        <TryAgain problem={loaded.problem} onTry={loaded.reload} />
      )}
      {loaded.data === undefined && loaded.problem === undefined && <Skeleton height={280} className="after-a-while" />}
    </section>
  );
}

function TryAgain({ problem, onTry }: { problem: ApiProblem; onTry(): void }) {
  return (
    <ProblemNotice
      problem={problem}
      action={
        <Button size="xs" variant="default" onClick={onTry}>
          Try again
        </Button>
      }
    />
  );
}
