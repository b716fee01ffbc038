/** When a schedule runs: at an hour of the clocks on the wall of the business. */
export interface Rhythm {
  every: "week" | "month";
  /** ISO day of the week, 1 (Monday) to 7, or day of the month, 1 to 28: every month has those. */
  day: number;
  /** 0 to 23. */
  hour: number;
  /** IANA name, such as `Europe/Dublin`. */
  timeZone: string;
}

/** What a tenant has done at its own hours. There is one kind: an export of the whole account. */
export interface Schedule extends Rhythm {
  id: string;
  tenantId: string;
  kind: "account-export";
  enabled: boolean;
  /** Null while it is not enabled. */
  nextRunAt: Date | null;
  lastRunAt: Date | null;
  /** Export and job of the last run. */
  lastExportId: string | null;
  createdAt: Date;
}

/** Most schedules of one tenant. */
export const scheduleLimit = 10;
