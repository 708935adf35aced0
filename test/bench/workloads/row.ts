/**
 * A row of the report: one piece of work, what is measured of it, and how it is run.
 *  - `inside`: the work itself prints the number, as the last line of its output. It repeats itself
 *    within one sandbox and reads the clock there, so that the sandbox's start is not counted.
 *  - `cold`: the wall time of the whole command, which for a sandbox includes its start and end.
 *  - `served`: a server on the side that is measured, with the host's network; its client runs on
 *    Linux and prints the number.
 *  - `probed`: a function that starts what it needs on a side and looks at it from outside.
 * In words and scripts `@calls` stands for the compiled micro/calls.c, PORT for a port that is free.
 */
import type { Side } from "../sides.ts";

interface Common {
  name: string;
  group: string;
  unit: string;
  /** "less": a time or a size; "more": a rate. Either way a ratio of 2 is twice as bad as Linux. */
  better: "less" | "more";
  /** Debian packages, as test/packages.txt names them. */
  packages?: string[];
  /** In `--quick` runs: the same work, made shorter. */
  quick?: string[];
  /** Fewer rounds than others, for work that takes many seconds. */
  rounds?: number;
  /** False where Linux has no like: then no ratio is shown. Default true. */
  comparable?: boolean;
}

export interface CommandRow extends Common {
  timed: "inside" | "cold";
  command: string[];
}

export interface ServedRow extends Common {
  timed: "served";
  server: string[];
  client: string[];
}

export interface ProbedRow extends Common {
  timed: "probed";
  probe: (side: Side, isQuick: boolean) => Promise<number>;
}

export type Row = CommandRow | ServedRow | ProbedRow;

/** A script of bash that ends at the first command that fails. */
export const script = (...lines: string[]) => ["bash", "-ec", lines.join("\n")];
