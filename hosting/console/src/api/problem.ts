import type { Problem } from "../../../../functions/src/platform/problem.ts";

/** A code of the API's problem documents, or one of the two that arise here. */
export type ProblemCode = Problem["code"] | "offline";

/** Why a call failed: the API's problem document, or that there was none. */
export class ApiProblem extends Error {
  readonly code: ProblemCode;
  readonly status: number;
  readonly retry: boolean;
  /** What failed, in the API's own words: for whoever knows the code that threw it. */
  readonly detail: string | undefined;
  readonly trace: string | undefined;
  readonly region: string | undefined;
  readonly issues: readonly { path: string; message: string }[];

  constructor(problem: Partial<Omit<Problem, "code">> & { code: ProblemCode; title: string }) {
    super(problem.title);
    this.name = "ApiProblem";
    this.code = problem.code;
    this.status = problem.status ?? 0;
    this.retry = problem.retry ?? false;
    this.detail = problem.detail;
    this.trace = problem.trace;
    this.region = problem.region;
    this.issues = problem.issues ?? [];
  }
}

/**
 * Reads a failed answer.
 *
 * @returns the problem document's content, or `bug` when something other than Lethe answered.
 * @see RFC 9457
 */
export async function problemFrom(response: Response): Promise<ApiProblem> {
  const { status } = response;
  if (response.headers.get("content-type")?.includes("json") !== true) return unexpected(status);
  const document = (await response.json().catch(() => ({}))) as Partial<Problem>;
  if (document.code === undefined || document.title === undefined) return unexpected(status);
  return new ApiProblem({ ...document, status, code: document.code, title: document.title });
}

/** Anything that was thrown, as a problem that can be shown. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem({ code: "bug", title: error instanceof Error ? error.message : "Something failed" });
}

function unexpected(status: number): ApiProblem {
  return new ApiProblem({ code: "bug", title: "Something failed on our side", status, retry: status >= 500 });
}
