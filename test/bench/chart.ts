/**
 * The ratios to Linux as bars in one SVG, a section for each group. The axis is logarithmic: twice as
 * fast and twice as slow are the same step from Linux's line, at 1.
 */
import { type Results, ratio } from "./results.ts";

const WIDTH = 860;
const LABELS = 300;
const BAR = 14;
const ROW = 20;
const HEADING = 46;
const MARGIN = 16;
const TICKS = [0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200];
const COLORS = ["#2f6fb4", "#c2702b", "#4c8f4c", "#8a5ba6"];

interface Bar {
  label: string;
  values: { side: string; value: number }[];
}

const STYLE = `<style>
text { font: 12px sans-serif; fill: #24292f } .heading { font-weight: bold } .tick { font-size: 10px; fill: #57606a }
line { stroke: #d0d7de } .linux { stroke: #24292f }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .tick { fill: #9198a1 } line { stroke: #3d444d } .linux { stroke: #e6edf3 }
}
</style>`;

export function chart(results: Results): string {
  const others = results.sides.slice(1);
  const groups = Map.groupBy(results.rows, ({ group }) => group);
  const sections = [...groups].flatMap(([group, rows]): [string, Bar[]][] => {
    const bars = rows.flatMap((row): Bar[] => {
      const values = others.flatMap((side) => {
        const value = ratio(row, side);
        return value === undefined ? [] : [{ side, value }];
      });
      return values.length > 0 ? [{ label: row.name, values }] : [];
    });
    return bars.length > 0 ? [[group, bars]] : [];
  });
  const all = sections.flatMap(([, bars]) => bars.flatMap(({ values }) => values));
  const x = scale(all.map(({ value }) => value));
  let y = MARGIN;
  const parts: string[] = [];
  for (const [group, bars] of sections) {
    parts.push(section(group, bars, others, x, y));
    y += HEADING + bars.reduce((height, { values }) => height + rowHeight(values.length), 0);
  }
  const height = y + MARGIN + HEADING;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>How many times the cost on Linux, for each piece of work</title>`,
    STYLE,
    ...parts,
    legend(others, y + HEADING / 2),
    "</svg>",
    "",
  ].join("\n");
}

interface Scale {
  ticks: number[];
  at: (ratio: number) => number;
}

/** From the tick below the smallest value, and below 1, to the tick above the largest. */
function scale(values: number[]): Scale {
  const smallest = Math.min(1, ...values);
  const largest = Math.max(2, ...values);
  const from = TICKS.findLast((tick) => tick <= smallest) ?? smallest;
  const to = TICKS.find((tick) => tick >= largest) ?? largest;
  const place = (WIDTH - LABELS - 4 * MARGIN) / Math.log(to / from);
  return {
    ticks: TICKS.filter((tick) => tick >= from && tick <= to),
    at: (ratio) => LABELS + Math.log(ratio / from) * place,
  };
}

const rowHeight = (sides: number) => (sides - 1) * BAR + ROW;

function section(group: string, bars: Bar[], sides: string[], x: Scale, top: number): string {
  const parts = [text(MARGIN, top + 20, group, "heading")];
  const height = bars.reduce((sum, { values }) => sum + rowHeight(values.length), 0);
  for (const tick of x.ticks) {
    const style = tick === 1 ? ' class="linux"' : "";
    const [place, from, to] = [x.at(tick).toFixed(1), top + HEADING - 8, top + HEADING + height];
    parts.push(`<line x1="${place}" y1="${from}" x2="${place}" y2="${to - 4}"${style}/>`);
    parts.push(text(x.at(tick), from - 2, `${tick}`, "tick", "middle"));
  }
  let y = top + HEADING;
  for (const { label, values } of bars) {
    parts.push(text(LABELS - 8, y + 11, label, "", "end"));
    values.forEach(({ side, value }, i) => {
      const [left, right] = [Math.min(x.at(1), x.at(value)), Math.max(x.at(1), x.at(value))];
      const fill = COLORS[sides.indexOf(side) % COLORS.length];
      const [top, width] = [y + i * BAR, Math.max(1, right - left).toFixed(1)];
      parts.push(
        `<rect x="${left.toFixed(1)}" y="${top}" width="${width}" height="${BAR - 2}" fill="${fill}"/>`,
        text(right + 4, top + 10, value.toFixed(value < 10 ? 2 : 1), "tick"),
      );
    });
    y += rowHeight(values.length);
  }
  return parts.join("\n");
}

function legend(sides: string[], y: number): string {
  const parts = [
    text(MARGIN, y, "times the cost on Linux (1, the dark line); shorter is better", "tick"),
  ];
  sides.forEach((side, i) => {
    const left = LABELS + 100 + i * 130;
    parts.push(
      `<rect x="${left}" y="${y - 10}" width="12" height="12" fill="${COLORS[i % COLORS.length]}"/>`,
      text(left + 18, y, side),
    );
  });
  return parts.join("\n");
}

function text(x: number, y: number, words: string, style = "", anchor = "start"): string {
  const escaped = words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const attributes = `${style ? ` class="${style}"` : ""}${anchor === "start" ? "" : ` text-anchor="${anchor}"`}`;
  return `<text x="${x.toFixed(1)}" y="${y}"${attributes}>${escaped}</text>`;
}
