/**
 * The benchmark runs: one row of each kind, for real and quickly; a row that fails is told and does not
 * stop the others; the report is made from the file of results. No time is judged here.
 */
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { projectRoot } from "../compare.ts";
import { run } from "../process.ts";
import { measureRow } from "./harness.ts";
import { writePage } from "./page.ts";
import { emptyResults, hasFailed, type RowResult, ratio, readResults } from "./results.ts";
import { findSides, linux, type Side } from "./sides.ts";
import { summarize } from "./statistics.ts";
import { textRow } from "./tables.ts";
import { rows } from "./workloads/all.ts";
import { type CommandRow, script } from "./workloads/row.ts";

const TIME_LIMIT_MS = 60_000;
/** Words that choose one row or two of each kind. */
const SOME = ["getppid", "perl", "echo hello", "redis: SET, 16", "memory of one at rest, resident"];

const place = mkdtempSync(join(tmpdir(), "tvisor-bench-"));
after(() => rmSync(place, { recursive: true }));

function row(command: string[], more: Partial<CommandRow> = {}): CommandRow {
  return { name: "x", group: "g", unit: "µs", better: "less", timed: "inside", command, ...more };
}

const plan = (sides: Side[], rounds = 1) => ({ sides, rounds, isQuick: false });

test("bench --quick runs one row of each kind on both sides and writes them all", async () => {
  const file = join(place, "results.json");
  const command = [join(projectRoot, "tools/pinned-node"), "test/bench/bench.ts", "--quick"];
  const { status, stdout, stderr } = await run(
    [...command, "--side", "tvisor", "--json", file, ...SOME],
    { cwd: projectRoot, timeoutMs: TIME_LIMIT_MS, env: process.env },
  );
  assert.equal(status, 0, `${stdout}\n${stderr}`);

  const results = readResults(file);
  assert.deepEqual(results.sides, ["linux", "tvisor"]);
  assert.ok(results.isQuick);
  assert.equal(results.rows.length, SOME.length + 1); // redis is in two groups
  const measured = results.rows.filter(({ skipped }) => skipped === undefined);
  assert.ok(measured.length > 0);
  for (const each of measured) {
    for (const side of results.sides) {
      const { summary } = each.sides[side];
      assert.ok(summary && summary.median > 0, `${each.name} on ${side}`);
      assert.deepEqual(summary.runs, [summary.median]);
      assert.deepEqual(summary.quartiles, [summary.median, summary.median]);
    }
    assert.equal(ratio(each, "tvisor") !== undefined, each.comparable, each.name);
  }
});

test("the report goes between the marks of the page, and a chart beside it", () => {
  const results = emptyResults(["linux", "tvisor"], false);
  const side = (median: number) => ({ summary: summarize([median]) });
  const like: RowResult = { ...row([]), comparable: true, sides: {} };
  results.rows = [
    { ...like, name: "a < b", sides: { linux: side(2), tvisor: side(5) } },
    { ...like, name: "rate", better: "more", sides: { linux: side(80), tvisor: side(10) } },
    { ...like, name: "broken", sides: { linux: side(1), tvisor: { failure: "exit 1" } } },
    { ...like, name: "absent", skipped: "needs something" },
  ];
  const page = join(place, "performance.md");
  copyFileSync(join(projectRoot, "docs/performance.md"), page);
  writePage(results, place);
  const once = readFileSync(page, "utf8");
  assert.match(
    once,
    /^\| a < b \(µs\) \| 2\.00 \(2\.00–2\.00\) \| 5\.00 \(5\.00–5\.00\) \| 2\.50 \|$/m,
  );
  assert.match(once, /^\| rate \(µs\) \| .* \| 8\.00 \|$/m);
  assert.match(once, /^\| broken \(µs\) \| .* \| fails \| {2}\|$/m);
  assert.match(once, /^\| absent \(µs\) \| not measured \| {2}\| {2}\|$/m);
  writePage(results, place);
  assert.equal(readFileSync(page, "utf8"), once, "written twice it is the same");

  const svg = readFileSync(join(place, "performance.svg"), "utf8");
  assert.match(svg, /^<svg /);
  assert.match(svg, /a &lt; b/);
  assert.equal(svg.match(/<rect /g)?.length, 3, "two bars and the legend's square");
});

test("a side that fails a row says why, is not asked again, and the other goes on", async () => {
  let asked = 0;
  const broken: Side = {
    name: "broken",
    runtime: "",
    command: () => {
      asked++;
      return script("echo 'no such thing' >&2; exit 3");
    },
  };
  const result = await measureRow(row(["echo", "1.5"]), plan([linux, broken], 3));
  assert.deepEqual(result.sides["linux"]?.summary?.runs, [1.5, 1.5, 1.5]);
  assert.equal(result.sides["broken"]?.failure, "exit 3\nno such thing");
  assert.equal(asked, 1);
  const results = { ...emptyResults(["linux", "broken"], false), rows: [result] };
  assert.ok(hasFailed(results));
  assert.match(textRow(result, results.sides), /fails.*\n {2}broken: exit 3\n {4}no such thing$/);
});

test("work that prints no number has failed", async () => {
  const { sides } = await measureRow(row(["echo", "nothing"]), plan([linux]));
  assert.match(sides["linux"]?.failure ?? "", /its last line is no number: "nothing"/);
});

test("the sides take turns, and turns at being first", async () => {
  const order: string[] = [];
  const side = (name: string): Side => ({
    name,
    runtime: "",
    command: (words) => {
      order.push(name);
      return words;
    },
  });
  await measureRow(row(["echo", "1"]), plan([side("linux"), side("other")], 3));
  assert.deepEqual(order, ["linux", "other", "other", "linux", "linux", "other"]);
});

test("runsc, where it is installed, is a side with each platform that works", async () => {
  const honest = process.env["PATH"];
  // A stand-in that knows a single platform.
  const lines = [
    "#!/bin/sh",
    'case "$*" in *platform=systrap*) ;; *) exit 1 ;; esac',
    'while [ "$1" != do ]; do shift; done; shift; exec "$@"',
  ];
  writeFileSync(join(place, "runsc"), lines.join("\n"), { mode: 0o755 });
  process.env["PATH"] = `${place}:${honest}`;
  try {
    const { sides, absent } = findSides();
    const names = sides.map(({ name }) => name);
    assert.deepEqual(names, ["linux", "tvisor", "runsc-systrap"]);
    assert.equal(absent.length, 2);
    const result = await measureRow(row(["echo", "2"]), plan([linux, sides[2]]));
    assert.equal(ratio(result, "runsc-systrap"), 1);
  } finally {
    process.env["PATH"] = honest;
  }
});

test("median and quartiles lie on the line between two runs", () => {
  const { median, quartiles } = summarize([4, 1, 3, 2]);
  assert.deepEqual([median, ...quartiles], [2.5, 1.75, 3.25]);
});

test("no two rows of a group have the same name", () => {
  const names = rows.map(({ group, name }) => `${group}: ${name}`);
  assert.deepEqual(names, [...new Set(names)]);
});
