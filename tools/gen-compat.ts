/**
 * Writes docs/compatibility.md from the system call table: `tools/gen-compat.ts`.
 * With `--check` it writes nothing and fails when the page is not what the table says.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../src/syscalls/row.ts";
import { rows } from "../src/syscalls/table.ts";

const PAGE = join(import.meta.dirname, "../docs/compatibility.md");

/** The page for a list of rows in the order of numbers. */
export function compatibilityPage(all: readonly Row[]): string {
  const count = (level: string) => all.filter((row) => levelOf(row) === level).length;
  return `# System calls: what is supported

Made from the system call table by \`tools/gen-compat.ts\`; do not edit.

| level | calls | meaning |
|---|---|---|
| full | ${count("full")} | behaves as in Linux |
| partial | ${count("partial")} | works, but for what the note says |
| none | ${count("none")} | answers ENOSYS |
| absent | ${count("absent")} | answers ENOSYS, and so does Linux |

The numbers are those of amd64. A number that is not listed answers ENOSYS, as in Linux.

| # | name | level | note |
|---|---|---|---|
${all.map((row) => `| ${row.x64} | ${row.name} | ${levelOf(row)} | ${noteOf(row)} |`).join("\n")}
`;
}

function levelOf(row: Row): string {
  if (!row.inLinux) return "absent";
  return typeof row.support === "string" ? row.support : "partial";
}

function noteOf(row: Row): string {
  const missing = typeof row.support === "string" ? "" : row.support.partial;
  const sentences = [missing, row.note].filter((sentence) => sentence !== "");
  return sentences.join(". ").replaceAll("|", "\\|");
}

function main(): void {
  const page = compatibilityPage(rows);
  if (!process.argv.includes("--check")) {
    writeFileSync(PAGE, page);
    return;
  }
  let present = "";
  try {
    present = readFileSync(PAGE, "utf8");
  } catch {
    // A missing page is a stale one.
  }
  if (present === page) return;
  console.error("docs/compatibility.md is not what the table says: run tools/gen-compat.ts.");
  process.exitCode = 1;
}

if (import.meta.main) main();
