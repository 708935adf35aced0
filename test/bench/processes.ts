/** Looks from outside, through /proc, at the processes that a sandbox is made of. */
import type { ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { failure } from "../compare.ts";
import { start, stop } from "./measure.ts";
import type { Side } from "./sides.ts";

const START_LIMIT_MS = 60_000;
const REST_LIMIT_MS = 30_000;
/** At rest is what did not run at all for so long. */
const REST_MS = 500;

/** `pid` and everything below it. */
function family(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
  return [pid, ...children.split(" ").filter(Boolean).map(Number).flatMap(family)];
}

/** Processor time so far of all threads of these processes and of all below them. */
export function cpuMs(pids: number[]): number {
  let sumNs = 0;
  for (const pid of pids.flatMap(family))
    for (const tid of readdirSync(`/proc/${pid}/task`))
      sumNs += Number(readFileSync(`/proc/${pid}/task/${tid}/schedstat`, "latin1").split(" ")[0]);
  return sumNs / 1e6;
}

/** `Rss`: pages that several processes share count in each. `Pss`: they are divided among them. */
export function memoryMiB(pids: number[], kind: "Rss" | "Pss"): number {
  let sumKiB = 0;
  for (const pid of pids.flatMap(family)) {
    const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "latin1");
    sumKiB += Number(new RegExp(`^${kind}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? 0);
  }
  return sumKiB / 1024;
}

/** Starts `count` guests at once that say "up" and sleep; looks at their processes; ends them all. */
export async function withGuests(
  side: Side,
  count: number,
  look: (pids: number[]) => number | Promise<number>,
): Promise<number> {
  const command = side.command(["sh", "-c", "echo up; exec sleep 1000"]);
  const children = Array.from({ length: count }, () => start(command));
  try {
    await Promise.all(children.map(isUp));
    return await look(children.map(({ pid }) => pid!));
  } finally {
    await Promise.all(children.map(stop));
  }
}

/** Waits until none of the processes runs any more. */
export async function atRest(pids: number[]): Promise<void> {
  const deadline = Date.now() + REST_LIMIT_MS;
  for (let before = -1, now = cpuMs(pids); before !== now; now = cpuMs(pids)) {
    if (Date.now() > deadline) throw failure("it does not come to rest");
    before = now;
    await sleep(REST_MS);
  }
}

async function isUp(child: ChildProcess): Promise<void> {
  const said = (async () => {
    for await (const chunk of child.stdout!.iterator({ destroyOnReturn: false }))
      if (`${chunk}`.includes("up")) return true;
    return false;
  })();
  const limit = new AbortController();
  const late = sleep(START_LIMIT_MS, false, { signal: limit.signal }).catch(() => false);
  const isReady = await Promise.race([said, late]);
  limit.abort();
  if (!isReady) throw failure("a sandbox did not start, or not in time");
}
