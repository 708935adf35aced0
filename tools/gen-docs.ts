/**
 * Writes the pages of docs/ that are made from the sources: `npm run docs`.
 * With --check it writes nothing and complains about a page that is not up to date.
 * Each page is one entry of `pages`: its path and the function that makes its text.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

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

const pages: Record<string, () => string> = {
  "docs/floors.md": floorsPage,
};

const checkOnly = process.argv.includes("--check");
for (const [path, make] of Object.entries(pages)) {
  const file = join(root, path);
  const text = `<!-- Made by tools/gen-docs.ts. Do not edit; run npm run docs. -->\n\n${make()}`;
  if (existsSync(file) && readFileSync(file, "utf8") === text) continue;
  if (checkOnly) {
    console.error(`docs: ${path} is not up to date: run npm run docs and commit the result.`);
    process.exitCode = 1;
  } else {
    writeFileSync(file, text);
    console.log(`docs: wrote ${path}`);
  }
}
