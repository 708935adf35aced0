/**
 * The results of one run of the harness: what `--json` writes and `--report` reads.
 * A side of a row has a summary of its runs, or says why it failed; never both.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus, release } from "node:os";
import { projectRoot } from "../compare.ts";
import type { Summary } from "./statistics.ts";
import type { Row } from "./workloads/row.ts";

export const FORMAT = 1;

export interface SideResult {
  summary?: Summary;
  failure?: string;
}

export interface RowResult {
  name: string;
  group: string;
  unit: string;
  better: Row["better"];
  timed: Row["timed"];
  comparable: boolean;
  /** A sentence, where nothing was measured at all: a package is missing. */
  skipped?: string;
  /** By the name of the side. */
  sides: Record<string, SideResult>;
}

export interface Results {
  format: typeof FORMAT;
  date: string;
  machine: string;
  commit: string;
  isQuick: boolean;
  /** "linux" first: the ratios are to it. */
  sides: string[];
  rows: RowResult[];
}

export function emptyResults(sides: string[], isQuick: boolean): Results {
  const [processor] = cpus();
  return {
    format: FORMAT,
    date: new Date().toISOString().slice(0, 10),
    machine: `${processor?.model.trim() ?? process.arch}, ${cpus().length} processors, Linux ${release()}`,
    commit: commit(),
    isQuick,
    sides,
    rows: [],
  };
}

/** How many times worse than Linux; undefined where one of the two has no number. */
export function ratio(row: RowResult, side: string): number | undefined {
  const [linux, other] = [row.sides["linux"]?.summary, row.sides[side]?.summary];
  if (!row.comparable || !linux?.median || !other?.median) return undefined;
  return row.better === "less" ? other.median / linux.median : linux.median / other.median;
}

export function hasFailed(results: Results): boolean {
  return results.rows.some((row) => Object.values(row.sides).some(({ failure }) => failure));
}

export function readResults(file: string): Results {
  const results = JSON.parse(readFileSync(file, "utf8")) as Results;
  if (results.format !== FORMAT || !Array.isArray(results.rows) || results.sides?.[0] !== "linux")
    throw new Error(`${file} was not written by this bench --json`);
  return results;
}

function commit(): string {
  try {
    const words = ["-C", projectRoot, "describe", "--always", "--dirty"];
    return execFileSync("git", words, { encoding: "utf8", stdio: "pipe" }).trim();
  } catch {
    return "unknown"; // Not a checkout.
  }
}
