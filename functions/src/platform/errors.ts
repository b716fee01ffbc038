/**
 * Every failure a caller may see: its HTTP status, and whether the same call may succeed later.
 * Choose the code where the cause is known.
 */
export const errorKinds = {
  "input-invalid": { status: 400, retry: false },
  "input-too-large": { status: 413, retry: false },
  "input-not-supported": { status: 415, retry: false },
  unauthenticated: { status: 401, retry: false },
  "session-expired": { status: 401, retry: false },
  "identity-refused": { status: 401, retry: false },
  "sign-in-refused": { status: 401, retry: false },
  forbidden: { status: 403, retry: false },
  "origin-refused": { status: 403, retry: false },
  "not-found": { status: 404, retry: false },
  "method-not-allowed": { status: 405, retry: false },
  "key-reused": { status: 409, retry: false },
  "already-exists": { status: 409, retry: false },
  "job-conflict": { status: 409, retry: false },
  "job-not-retryable": { status: 409, retry: false },
  "job-not-cancellable": { status: 409, retry: false },
  "account-closing": { status: 409, retry: false },
  "last-owner": { status: 409, retry: false },
  "legal-hold": { status: 409, retry: false },
  "subject-frozen": { status: 409, retry: false },
  "subject-ambiguous": { status: 409, retry: false },
  "turn-in-progress": { status: 409, retry: true },
  "tenant-closed": { status: 410, retry: false },
  "subject-erased": { status: 410, retry: false },
  "link-expired": { status: 410, retry: false },
  "wrong-region": { status: 421, retry: false },
  "confirmation-wrong": { status: 422, retry: false },
  "consent-required": { status: 422, retry: false },
  "model-declined": { status: 422, retry: false },
  "answer-too-long": { status: 422, retry: false },
  "rate-limited": { status: 429, retry: true },
  "ciphertext-invalid": { status: 500, retry: false },
  "ledger-malformed": { status: 500, retry: false },
  "document-malformed": { status: 500, retry: false },
  "recipient-unanswered": { status: 500, retry: false },
  "residue-found": { status: 500, retry: false },
  "step-unknown": { status: 503, retry: true },
  "ledger-held": { status: 503, retry: true },
  "key-unavailable": { status: 503, retry: true },
  "model-unavailable": { status: 503, retry: true },
  "store-unavailable": { status: 503, retry: true },
  "database-closed": { status: 503, retry: true },
} as const satisfies Record<string, { status: number; retry: boolean }>;

export type ErrorCode = keyof typeof errorKinds;

/**
 * A failure with a cause we know. Any other exception is a bug and is answered with 500 and no detail.
 *
 * The message says what failed and for which id, in lower case, without a full stop and without personal data.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** Where to call instead, with `wrong-region`. */
  readonly region: string | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; region?: string } = {}) {
    super(message, options);
    this.name = "AppError";
    this.code = code;
    this.region = options.region;
  }

  /** HTTP status of this error's code. */
  get status(): number {
    return errorKinds[this.code].status;
  }

  /** Whether the same call may succeed later. */
  get retry(): boolean {
    return errorKinds[this.code].retry;
  }
}

/** Firestore's and Cloud KMS's gRPC codes for "try again": deadline exceeded, aborted, internal, unavailable. */
const transientGrpcCodes = new Set([4, 8, 10, 13, 14]);

/**
 * Says whether an exception from a Google client is transient.
 *
 * @returns true for gRPC deadline, exhausted, aborted, internal and unavailable; false for anything else.
 */
export function isTransient(error: unknown): boolean {
  if (error instanceof AppError) return error.retry;
  return typeof error === "object" && error !== null && "code" in error && transientGrpcCodes.has(Number(error.code));
}

/** The code that an exception is known by: an AppError's own, `store-unavailable` for a client's transient failure, else `bug`. */
export function codeOf(error: unknown): ErrorCode | "bug" {
  if (error instanceof AppError) return error.code;
  return isTransient(error) ? "store-unavailable" : "bug";
}

/** gRPC code of an exception of a Google client, or undefined when it has none. */
export function grpcCode(error: unknown): number | undefined {
  if (typeof error !== "object" || error === null || !("code" in error)) return undefined;
  return typeof error.code === "number" ? error.code : undefined;
}
