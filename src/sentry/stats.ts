/**
 * stats: what `--stats` prints at the end: how many system calls came from patched sites, how many by a
 * trap, and which sites those were.
 */
import type { CallStats } from "../platform/stub/call-stats.ts";
import { rowOf } from "../syscalls/table.ts";

const SHOWN = 10;

export function describeStats(stats: CallStats): string {
  const all = stats.called + stats.trapped;
  const share = all === 0 ? 0 : (100 * stats.called) / all;
  const lines = [
    `system calls: ${all}, from patched sites: ${stats.called} (${share.toFixed(1)} %)`,
    ...stats
      .worst(SHOWN)
      .map(
        ({ nr, ip, count }) =>
          `${String(count).padStart(9)}  trapped: ${rowOf(nr)?.name ?? nr} at 0x${ip.toString(16)}`,
      ),
  ];
  return `${lines.join("\n")}\n`;
}
