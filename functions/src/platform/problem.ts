import { AppError, type ErrorCode, errorKinds, isTransient } from "./errors.ts";

/** A problem document. @see RFC 9457 §3 */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: ErrorCode | "bug";
  detail?: string;
  trace?: string;
  retry: boolean;
  /** Where to call instead, with `wrong-region`. */
  region?: string;
  issues?: { path: string; message: string }[];
}

const titles: Partial<Record<ErrorCode, string>> = {
  "input-invalid": "The request is not valid",
  "subject-erased": "This person has been erased",
  "account-closing": "This account is being closed and takes nothing new",
  "confirmation-wrong": "What was typed is not the name of the account",
  "key-unavailable": "The encryption key cannot be used at the moment",
  "model-unavailable": "The model cannot be reached at the moment",
};

/**
 * Turns an exception into a problem document.
 *
 * @param trace - the request's trace id, the only thing a caller learns of a bug.
 * @see RFC 9457
 */
export function problemOf(error: unknown, trace: string): Problem {
  if (!(error instanceof AppError)) {
    if (isTransient(error))
      return problemOf(new AppError("store-unavailable", "a store failed", { cause: error }), trace);
    return {
      type: "about:blank",
      title: "Something failed on our side",
      status: 500,
      code: "bug",
      trace,
      retry: false,
    };
  }
  const { status, retry } = errorKinds[error.code];
  const title = titles[error.code] ?? titleOf(error.code);
  const shown = status >= 500 ? {} : { detail: error.message };
  return {
    type: `urn:lethe:problem:${error.code}`,
    title,
    status,
    code: error.code,
    ...shown,
    trace,
    retry,
    ...(error.region === undefined ? {} : { region: error.region }),
    ...issuesOf(error),
  };
}

function titleOf(code: ErrorCode): string {
  const words = code.replaceAll("-", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An input error carries its zod issues as cause; their messages name paths and expectations, never the value. */
function issuesOf(error: AppError): Pick<Problem, "issues"> {
  const cause = error.cause;
  if (typeof cause !== "object" || cause === null || !("issues" in cause) || !Array.isArray(cause.issues)) return {};
  const issues: { path: string; message: string }[] = [];
  for (const issue of cause.issues as { path?: PropertyKey[]; message?: string }[]) {
    issues.push({ path: (issue.path ?? []).map(String).join("."), message: issue.message ?? "invalid" });
  }
  return { issues: issues.slice(0, 20) };
}
