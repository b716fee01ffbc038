/** The closed list of fields a log line may hold: ids, counts and codes. Never text, names, addresses, tokens, keys or IPs. */
export interface LogFields {
  action?: string;
  attempt?: number;
  code?: string;
  collection?: string;
  conversationId?: string;
  count?: number;
  cursor?: string;
  durationMs?: number;
  exportId?: string;
  function?: string;
  jobId?: string;
  kind?: string;
  method?: string;
  region?: string;
  requestId?: string;
  route?: string;
  shardId?: string;
  size?: number;
  state?: string;
  status?: number;
  step?: string;
  subjectId?: string;
  tenantId?: string;
  trace?: string;
  turnId?: string;
}

type Severity = "INFO" | "WARNING" | "ERROR";

function write(severity: Severity, message: string, fields: LogFields, error?: unknown): void {
  const stack = error instanceof Error ? { error: `${error.name} at ${firstFrames(error)}` } : {};
  console.log(JSON.stringify({ severity, message, ...fields, ...stack }));
}

/** Where an exception came from, without its message: messages of libraries may quote data. */
function firstFrames(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => line.trimStart().startsWith("at "));
  return frames
    .slice(0, 6)
    .map((line) => line.trim().slice(3))
    .join(" < ");
}

/** One JSON line a call, as Cloud Logging reads it: a constant message, then fields of the closed list. */
export const log = {
  /** A step done. */
  info(message: string, fields: LogFields = {}): void {
    write("INFO", message, fields);
  },
  /** Something a person may want to look at; the work goes on or is retried. */
  warn(message: string, fields: LogFields = {}, error?: unknown): void {
    write("WARNING", message, fields, error);
  },
  /** A bug or an alarm. The error's own message is left out, since it may quote data. */
  error(message: string, fields: LogFields = {}, error?: unknown): void {
    write("ERROR", message, fields, error);
  },
};
