/**
 * Runs rows on all sides in turns, so that a slow minute of the machine is shared, and collects results.
 * A side that fails a row is not asked for it again; all others go on.
 */
import { missing } from "../e2e/harness.ts";
import { measure } from "./measure.ts";
import type { RowResult } from "./results.ts";
import type { Side } from "./sides.ts";
import { summarize } from "./statistics.ts";
import type { Row } from "./workloads/row.ts";

export interface Plan {
  sides: Side[];
  isQuick: boolean;
  /** For rows that do not ask for fewer. */
  rounds: number;
}

export async function measureRow(row: Row, plan: Plan): Promise<RowResult> {
  const { name, group, unit, better, timed, comparable = true } = row;
  const result: RowResult = { name, group, unit, better, timed, comparable, sides: {} };
  const absent = missing(row.packages ?? []);
  if (absent) return { ...result, skipped: absent };

  const runs = new Map(plan.sides.map((side) => [side.name, [] as number[]]));
  const rounds = Math.min(plan.rounds, row.rounds ?? plan.rounds);
  for (let round = 0; round < rounds; round++) {
    // Who comes first changes, so that nobody always finds what the other one has warmed.
    for (const side of round % 2 === 0 ? plan.sides : plan.sides.toReversed()) {
      if (result.sides[side.name]?.failure !== undefined) continue;
      try {
        runs.get(side.name)!.push(await measure(row, side, plan.isQuick));
      } catch (error) {
        result.sides[side.name] = { failure: (error as Error).message };
      }
    }
  }
  for (const [side, values] of runs) result.sides[side] ??= { summary: summarize(values) };
  return result;
}
