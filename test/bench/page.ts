/** Rewrites the measured part of docs/performance.md, between its two marks, and docs/performance.svg. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../compare.ts";
import { chart } from "./chart.ts";
import type { Results } from "./results.ts";
import { markdown } from "./tables.ts";

const FROM = "<!-- measured: written by `npm run bench -- --report`, not by hand -->";
const TO = "<!-- end of measured -->";

export function writePage(results: Results, docs = join(projectRoot, "docs")): void {
  const path = join(docs, "performance.md");
  const page = readFileSync(path, "utf8");
  const [from, to] = [page.indexOf(FROM), page.indexOf(TO)];
  if (from < 0 || to < from) throw new Error(`${path} has lost its marks: ${FROM} … ${TO}`);
  writeFileSync(path, `${page.slice(0, from)}${FROM}\n\n${measured(results)}\n\n${page.slice(to)}`);
  writeFileSync(join(docs, "performance.svg"), chart(results));
}

function measured(results: Results): string {
  return [
    `Measured ${results.date} at ${results.commit} on ${results.machine}${results.isQuick ? "; a quick run, its numbers mean nothing" : ""}.`,
    "Medians, and in brackets the quartiles. A ratio of 2 is twice as bad as Linux, whatever the unit.",
    "",
    "![Ratios to Linux, a bar for each row of the tables](performance.svg)",
    "",
    markdown(results),
  ].join("\n");
}
