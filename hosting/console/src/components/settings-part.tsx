import { Skeleton } from "@mantine/core";
import type { ReactNode } from "react";
import type { Loaded } from "../hooks/use-load.ts";
import { LoadProblem } from "./load-problem.tsx";

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
      {loaded.data === undefined && <LoadProblem loaded={loaded} />}
      {loaded.data === undefined && loaded.problem === undefined && <Skeleton height={280} className="after-a-while" />}
    </section>
  );
}
