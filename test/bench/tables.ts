/** The report as text for a terminal, and as the Markdown table of docs/performance.md. */
import { type Results, type RowResult, ratio, type SideResult } from "./results.ts";

const NAME_WIDTH = 54;
const CELL_WIDTH = 26;

/** Three digits that count; more before the point where a number has them. */
export function format(value: number): string {
  if (value === 0) return "0";
  const digits = Math.max(0, Math.min(3, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(digits);
}

/** "12.3 (11.9–13.1)": the median and the quartiles. */
function cell({ summary, failure }: SideResult = {}): string {
  if (failure !== undefined) return "fails";
  if (summary === undefined) return "";
  const [low, high] = summary.quartiles.map(format);
  return `${format(summary.median)} (${low}–${high})`;
}

function ratioCell(row: RowResult, side: string): string {
  const value = ratio(row, side);
  return value === undefined ? "" : value.toFixed(value < 10 ? 2 : 1);
}

export function textHeading(sides: string[]): string {
  const cells = sides.map((side, i) => side.padStart(CELL_WIDTH) + (i ? "   ratio" : ""));
  return "".padEnd(NAME_WIDTH) + cells.join("");
}

/** One line, and below it why a side failed. */
export function textRow(row: RowResult, sides: string[]): string {
  const name = `${row.name} (${row.unit})`.padEnd(NAME_WIDTH);
  if (row.skipped !== undefined) return `${name} not measured: ${row.skipped}`;
  const cells = sides.map((side, i) => {
    const shown = cell(row.sides[side]).padStart(CELL_WIDTH);
    return i ? shown + ratioCell(row, side).padStart(8) : shown;
  });
  const failures = sides.flatMap((side) => {
    const { failure } = row.sides[side] ?? {};
    return failure === undefined ? [] : [`  ${side}: ${failure.replaceAll("\n", "\n    ")}`];
  });
  return [name + cells.join(""), ...failures].join("\n");
}

/** One table for each group. */
export function markdown(results: Results): string {
  const { sides } = results;
  const heading = ["", ...sides.flatMap((side, i) => (i ? [side, "ratio"] : [side]))];
  const groups = Map.groupBy(results.rows, ({ group }) => group);
  return [...groups]
    .map(([group, rows]) =>
      [
        `### ${group[0].toUpperCase()}${group.slice(1)}`,
        "",
        `| ${heading.join(" | ")} |`,
        `|---|${heading
          .slice(1)
          .map(() => "---:")
          .join("|")}|`,
        ...rows.map((row) => `| ${markdownCells(row, sides).join(" | ")} |`),
      ].join("\n"),
    )
    .join("\n\n");
}

function markdownCells(row: RowResult, sides: string[]): string[] {
  const name = `${row.name} (${row.unit})`;
  if (row.skipped !== undefined)
    return [name, "not measured", ...sides.slice(1).flatMap(() => ["", ""])];
  return [
    name,
    ...sides.flatMap((side, i) => {
      const shown = cell(row.sides[side]);
      return i ? [shown, ratioCell(row, side)] : [shown];
    }),
  ];
}
