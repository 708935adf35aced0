/**
 * Checks that the sources explain themselves: `npm run headers`, or `tools/check-headers.ts ROOT`.
 *  - A TypeScript file under src/ opens with its contract, a doc comment of at most 15 lines.
 *  - A C file opens with one too; a C case of the tests opens with a comment that has its title.
 *  - A folder directly under src/ or under a folder of it has a README.md with the same four headings.
 *  - "May import" in the README of a folder of src/ says what tools/layers.json says.
 * Every complaint is one sentence with its remedy.
 */
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const CONTRACT_LINES = 15;
const README_LINES = 60;
const HEADINGS = ["Lives here", "May import", "Must never", "Start reading at"];

export function checkHeaders(root: string): string[] {
  const find = (...patterns: string[]) => globSync(patterns, { cwd: root }).sort();
  const read = (path: string) => readFileSync(join(root, path), "utf8");
  const complaints: string[] = [];

  for (const path of find("src/**/*.ts"))
    complaints.push(...checkContract(path, read(path), "/**"));
  for (const path of find("native/**/*.{c,h,S}", "test/*/*.c")) {
    complaints.push(...checkContract(path, read(path), "/*"));
  }
  for (const path of find("test/conformance/*/*.c")) {
    if (/^\s*(\/\*+|\/\/)[\s*]*\w/.test(read(path))) continue;
    complaints.push(
      `${path} has no title: open it with a comment whose first line says what it shows.`,
    );
  }

  const sources = find("src/**/*.ts").map((path) => dirname(path).split("/"));
  const folders = new Set(
    sources.flatMap((parts) => [parts.slice(0, 2).join("/"), parts.slice(0, 3).join("/")]),
  );
  folders.delete("src");
  for (const folder of folders) {
    const path = `${folder}/README.md`;
    if (existsSync(join(root, path))) complaints.push(...checkReadme(path, read(path)));
    else complaints.push(`${folder} has no README.md: write one with ${listed(HEADINGS)}.`);
  }
  for (const path of find("native/**/README.md", "test/*/README.md")) {
    complaints.push(...checkReadme(path, read(path)));
  }

  const table = join(root, "tools/layers.json");
  if (existsSync(table)) {
    for (const { folder, imports } of JSON.parse(readFileSync(table, "utf8")).floors) {
      const path = `src/${folder}/README.md`;
      if (existsSync(join(root, path))) complaints.push(...checkImports(path, read(path), imports));
    }
  }
  return complaints;
}

function checkContract(path: string, text: string, opening: string): string[] {
  if (!text.startsWith(opening)) {
    return [`${path} does not say what it is: open it with a ${opening} … */ block, its contract.`];
  }
  const lines = text.slice(0, text.indexOf("*/")).split("\n").length;
  if (lines <= CONTRACT_LINES) return [];
  return [
    `${path} opens with a contract of ${lines} lines: say it in ${CONTRACT_LINES}, or move the rest to the folder's README.md.`,
  ];
}

function checkReadme(path: string, text: string): string[] {
  const complaints: string[] = [];
  const lines = text.trimEnd().split("\n").length;
  if (lines > README_LINES) {
    complaints.push(`${path} has ${lines} lines: keep it to ${README_LINES}.`);
  }
  if (!/^# \S+: \S/.test(text)) {
    complaints.push(`${path} has no title: begin it with "# folder: what it is".`);
  }
  const absent = HEADINGS.filter((heading) => !text.includes(`**${heading}:**`));
  if (absent.length > 0) {
    complaints.push(`${path} does not say everything: add ${listed(absent)}.`);
  }
  return complaints;
}

function checkImports(path: string, text: string, imports: string[]): string[] {
  const said = /\*\*May import:\*\*\s*([^*]*?)\.(\s|$)/.exec(text)?.[1] ?? "";
  const expected = imports.join(", ") || "nothing";
  if (said.replace(/\s+/g, " ") === expected) return [];
  return [`${path} says "May import: ${said}": tools/layers.json has "${expected}"; write that.`];
}

function listed(headings: string[]): string {
  return headings.map((heading) => `**${heading}:**`).join(" ");
}

if (import.meta.main) {
  const complaints = checkHeaders(resolve(process.argv[2] ?? `${import.meta.dirname}/..`));
  for (const complaint of complaints) console.error(`headers: ${complaint}`);
  if (complaints.length > 0) process.exit(1);
}
