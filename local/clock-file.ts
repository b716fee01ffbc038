import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * How far a local cloud's clock is ahead of the machine's.
 *
 * @param file - JSON `{"offsetSeconds": n}`, the file that functions read as CLOCK_FILE; absent means not at all.
 * @returns milliseconds.
 */
export function offsetMsFrom(file: string | undefined): number {
  if (file === undefined) return 0;
  try {
    const parsed: unknown = JSON.parse(readFileSync(file, "utf8"));
    const isOffset = typeof parsed === "object" && parsed !== null && "offsetSeconds" in parsed;
    return isOffset ? Number(parsed.offsetSeconds) * 1000 : 0;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return 0;
    throw error;
  }
}

/** Moves the clock forward. @returns the whole offset in seconds. */
export function advanceClock(file: string, seconds: number): number {
  const offsetSeconds = offsetMsFrom(file) / 1000 + seconds;
  mkdirSync(dirname(file), { recursive: true });
  // Many processes read it at any time: none may find it half written.
  writeFileSync(`${file}.next`, JSON.stringify({ offsetSeconds }));
  renameSync(`${file}.next`, file);
  return offsetSeconds;
}
