import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { atLeast, atMost, exactly } from "../../../local/figures/figure.ts";
import { figureLine, figureTable } from "../../../local/figures/print.ts";
import { widgetByteFigures } from "../../../local/figures/widget.ts";

describe("figures", () => {
  it("prints one line of JSON a figure, with the six names that readers rely on", () => {
    const line = figureLine(atMost("group.name", 3, "bytes", 2, "other 4"));
    expect(line.endsWith("}\n")).toBe(true);
    expect(JSON.parse(line)).toEqual({
      figure: "group.name",
      value: 3,
      unit: "bytes",
      goal: "<= 2",
      ok: false,
      peer: "other 4",
    });
  });

  it("marks in the table what missed its goal, and nothing else", () => {
    const table = figureTable([atLeast("a", 1, "s", 2), atLeast("b", 2, "s", 2), exactly("c", 0, "s", 0)]);
    expect(table.split("\n").map((line) => line.startsWith("✗"))).toEqual([true, false, false, false]);
  });

  it("calls no measurement that came to nothing fine", () => {
    expect(atMost("a", Number.NaN, "s", 2).ok).toBe(false);
    expect(atLeast("a", Number.NaN, "s", 2).ok).toBe(false);
  });

  it("finds loader and widget within their sizes", async () => {
    const figures = await widgetByteFigures();
    expect(figures.map(({ figure, ok }) => [figure, ok])).toEqual([
      ["widget.loaderBytes", true],
      ["widget.totalBytes", true],
    ]);
    for (const { value } of figures) expect(value).toBeGreaterThan(500);
  });

  it("counts two hashes a leaf and some roots when batches are appended", () => {
    // Node's own module is counted at; Jest's copies of it are not, so a process of its own counts.
    const module = join(import.meta.dirname, "../../../local/figures/ledger-hashing.ts");
    const script = `console.log((await import(${JSON.stringify(module)})).countHashesPerLeaf(4)); process.exit()`;
    const printed = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
    const perLeaf = Number(printed);
    // 256 leaves and at least 255 nodes a batch.
    expect(perLeaf).toBeGreaterThanOrEqual(511 / 256);
    expect(perLeaf).toBeLessThanOrEqual(2.1);
  });
});
