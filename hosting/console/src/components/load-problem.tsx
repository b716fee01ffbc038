import { Button } from "@mantine/core";
import type { ApiProblem } from "../api/problem.ts";
import { ProblemNotice } from "./problem-notice.tsx";

/** Why something could not be loaded, and the way to try again; nothing while there is no problem. */
export function LoadProblem({ loaded }: { loaded: { problem: ApiProblem | undefined; reload(): void } }) {
  if (loaded.problem === undefined) return null;
  return (
    <ProblemNotice
      problem={loaded.problem}
      action={
        <Button size="xs" variant="default" onClick={loaded.reload}>
          Try again
        </Button>
      }
    />
  );
}
