import type { Figure } from "./figure.ts";

/** A number as people read it: enough digits to compare, no more. */
function shown(value: number): string {
  if (!Number.isFinite(value) || Number.isInteger(value)) return String(value);
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** One figure as a line of JSON, with its line break. */
export function figureLine(figure: Figure): string {
  const { figure: name, value, unit, goal, ok, peer } = figure;
  return `${JSON.stringify({ figure: name, value, unit, goal, ok, peer })}\n`;
}

/** Figures as a table for people, a line each, what was missed marked. */
export function figureTable(figures: readonly Figure[]): string {
  return figures
    .map(({ figure, value, unit, goal, ok, peer }) => {
      const head = `${ok ? "  " : "✗ "}${figure.padEnd(30)} ${shown(value).padStart(10)}  ${goal.padEnd(9)}`;
      return `${head} ${unit}${peer === null ? "" : ` [${peer}]`}\n`;
    })
    .join("");
}
