/**
 * The text of docs/compatibility.md, made from the system call table. tools/gen-docs.ts writes it.
 */
import type { Row } from "../src/syscalls/row.ts";

/** The page for a list of rows in the order of numbers. */
export function compatibilityPage(all: readonly Row[]): string {
  const count = (level: string) => all.filter((row) => levelOf(row) === level).length;
  return `# System calls: what is supported

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
