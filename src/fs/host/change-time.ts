/**
 * change-time: what the change time of a host directory tells of its names: while it stays, they do;
 * unless it is so recent that a further change could have the same.
 */
import type { HostStat } from "../../host/stat.ts";
import type { Vfs } from "../../kernel/vfs/vfs.ts";

/** The host's clock for files advances in ticks of up to 10 ms. Its wall clock is ours. */
const TICK_SECONDS = 0.05;

export function isSameChange(a: HostStat, b: HostStat): boolean {
  return a.ctimeNsec === b.ctimeNsec && a.ctimeSec === b.ctimeSec;
}

/** Did the host tell these attributes within ticks of the change, or before it? */
export function isRecentChange(stat: HostStat, vfs: Vfs): boolean {
  const now = vfs.nowSec() + vfs.now[1]! / 1e9;
  return now - (stat.ctimeSec + stat.ctimeNsec / 1e9) < TICK_SECONDS;
}
