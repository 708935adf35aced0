/**
 * Writes the pages of docs/ that are made from the sources: `npm run docs`.
 * With --check it writes nothing and complains about a page that is not up to date.
 * Each page is one entry of `pages`: its path and the function that makes its text. The tour is written
 * by hand; only the line numbers of its links into the sources are kept true.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { rows } from "../src/syscalls/table.ts";
import { compatibilityPage } from "./gen-compat.ts";

const root = resolve(import.meta.dirname, "..");

interface Floor {
  folder: string;
  floor: number;
  imports: string[];
  outside: string;
}

function floorsPage(): string {
  const { floors } = JSON.parse(readFileSync(join(root, "tools/layers.json"), "utf8"));
  const rows: Floor[] = floors.toSorted((a: Floor, b: Floor) => b.floor - a.floor);
  const byFloor = Map.groupBy(rows, (row) => row.floor);
  const outside: Record<string, string> = {
    nothing: "nothing",
    node: "Node's own modules",
    packages: "Node's own modules and packages",
  };
  return [
    "# The floors",
    "",
    "Imports go down only. `npm run layers` holds this; the table is `tools/layers.json`.",
    "",
    "```mermaid",
    "flowchart TB",
    ...[...byFloor].flatMap(([floor, members]) => [
      `  subgraph floor${floor}["floor ${floor}"]`,
      "    direction LR",
      ...members.map((row) => `    ${row.folder}`),
      "  end",
    ]),
    ...[...byFloor.keys()].slice(1).map((floor) => `  floor${floor + 1} --> floor${floor}`),
    "```",
    "",
    "| floor | folder | may import | from outside |",
    "|---|---|---|---|",
    ...rows.map(
      (row) =>
        `| ${row.floor} | \`${row.folder}\` | ${row.imports.join(", ") || "nothing"} | ${outside[row.outside]} |`,
    ),
    "",
  ].join("\n");
}

/** Links into the sources that name the text they point at: `(../path#L1 "text")`. */
const SOURCE_LINK = /\]\(\.\.\/([^)#\s]+)#L\d+ "((?:[^"\\]|\\")+)"\)/g;

/** A page written by hand, with the line numbers of its source links as they are now. */
function refreshed(path: string): string {
  return readFileSync(join(root, path), "utf8").replace(SOURCE_LINK, (_all, source, quoted) => {
    const text = quoted.replaceAll('\\"', '"');
    const lines = readFileSync(join(root, source), "utf8").split("\n");
    const line = lines.findIndex((each) => each.includes(text));
    if (line < 0)
      throw new Error(`${path} points at ${JSON.stringify(text)}, which ${source} does not hold`);
    return `](../${source}#L${line + 1} "${quoted}")`;
  });
}

const MADE = "<!-- Made by tools/gen-docs.ts. Do not edit; run npm run docs. -->\n\n";

const pages: Record<string, () => string> = {
  "docs/floors.md": () => MADE + floorsPage(),
  "docs/compatibility.md": () => MADE + compatibilityPage(rows),
  "docs/tour.md": () => refreshed("docs/tour.md"),
};

const checkOnly = process.argv.includes("--check");
for (const [path, make] of Object.entries(pages)) {
  const file = join(root, path);
  const text = make();
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (checkOnly) {
    console.error(`docs: ${path} is not up to date: run npm run docs and commit the result.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`docs: wrote ${path}`);
  }
}
