import { AppError } from "./errors.ts";

/**
 * Waits for work on our stores, but not for as long as their clients try again: more than a minute, when a store is down.
 *
 * @param what - names the work in the error.
 * @returns the work's result. Work that is given up may still take effect, so it must be safe to repeat.
 * @throws AppError `store-unavailable` after `limitMs`.
 */
export async function withinTime<T>(limitMs: number, what: string, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new AppError("store-unavailable", `${what} took longer than ${limitMs} ms`));
    }, limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => undefined);
  }
}
