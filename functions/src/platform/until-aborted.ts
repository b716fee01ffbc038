/** A signal as a promise, for several waits under the same one. */
export interface Aborted {
  /** Rejects with the signal's reason when it is aborted. */
  promise: Promise<never>;
  /** Stops listening. */
  forget(): void;
}

/** Listens to a signal until `forget` is called. */
export function whenAborted(signal: AbortSignal): Aborted {
  let stop: () => void = () => undefined;
  const promise = new Promise<never>((_, reject) => {
    stop = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
  // Nobody may be waiting when it rejects.
  promise.catch(() => undefined);
  return {
    promise,
    forget() {
      signal.removeEventListener("abort", stop);
    },
  };
}

/**
 * Waits for work, but no longer than a signal allows; for work that cannot be told to stop.
 *
 * @returns the work's result. What the work does after the signal concerns nobody, its failure included.
 * @throws the signal's reason.
 */
export async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = whenAborted(signal);
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    aborted.forget();
    work.catch(() => undefined);
  }
}
