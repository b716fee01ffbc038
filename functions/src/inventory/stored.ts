/** A time as Firestore gives it back. */
export interface Stamp {
  toDate(): Date;
}

/** A record with Firestore's times instead of dates. */
export type Stored<T> = T extends Date ? Stamp : T extends object ? { [K in keyof T]: Stored<T[K]> } : T;

/** A stored time in milliseconds; not a number for anything else, which equals nothing and is before nothing. */
export function msOf(stamp: unknown): number {
  return stamp instanceof Object && "toDate" in stamp ? (stamp as Stamp).toDate().getTime() : Number.NaN;
}
