import type { ReactNode } from "react";
import type { ApiProblem } from "../api/problem.ts";
import { wordsOf } from "../words/problems.ts";
import { Notice } from "./notice.tsx";

/**
 * A failed call as a sentence, with what to do. The reference leads us to the request, and to nothing else.
 *
 * @param props.says - what happened, where the page knows it better than the code.
 */
export function ProblemNotice(props: { problem: ApiProblem; says?: string; todo?: string; action?: ReactNode }) {
  const { problem, action } = props;
  const words = wordsOf(problem.code, problem.message);
  const { says = words.says, todo = words.todo } = props;
  return (
    <Notice tone="danger" role="alert" title={says} action={action}>
      {todo}
      {problem.issues.length > 0 && (
        <ul>
          {problem.issues.map((issue) => (
            <li key={`${issue.path} ${issue.message}`}>
              {issue.path === "" ? issue.message : `${issue.path}: ${issue.message}`}
            </li>
          ))}
        </ul>
      )}
      {problem.code === "bug" && problem.trace !== undefined && (
        <div className="small soft">
          Reference <code>{problem.trace}</code>
        </div>
      )}
    </Notice>
  );
}
