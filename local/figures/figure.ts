/** One measured number, as `npm run figures -- <group> --json` prints it: one line each. */
export type Figure = {
  /** `<group>.<name>`. */
  figure: string;
  value: number;
  unit: string;
  /** In words, such as `<= 1.5`. */
  goal: string;
  ok: boolean;
  /** What the same work costs elsewhere, where that was measured; else `null`. */
  peer: string | null;
};

/** A figure that must not exceed a number. */
export function atMost(figure: string, value: number, unit: string, goal: number, peer: string | null = null): Figure {
  return { figure, value, unit, goal: `<= ${goal}`, ok: value <= goal, peer };
}

/** A figure that must reach a number. */
export function atLeast(figure: string, value: number, unit: string, goal: number, peer: string | null = null): Figure {
  return { figure, value, unit, goal: `>= ${goal}`, ok: value >= goal, peer };
}

/** A figure that must be a number. */
export function exactly(figure: string, value: number, unit: string, goal: number, peer: string | null = null): Figure {
  return { figure, value, unit, goal: `= ${goal}`, ok: value === goal, peer };
}

/** The middle of some numbers. @returns NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
