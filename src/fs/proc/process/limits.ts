/**
 * /proc/PID/limits: the resource limits in words (proc_pid_limits(5)).
 */
import {
  RLIM_INFINITY,
  RLIMIT_AS,
  RLIMIT_CORE,
  RLIMIT_CPU,
  RLIMIT_DATA,
  RLIMIT_FSIZE,
  RLIMIT_LOCKS,
  RLIMIT_MEMLOCK,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_NOFILE,
  RLIMIT_NPROC,
  RLIMIT_RSS,
  RLIMIT_RTPRIO,
  RLIMIT_RTTIME,
  RLIMIT_SIGPENDING,
  RLIMIT_STACK,
} from "../../../abi/resource.ts";
import type { ProcProcess } from "../subject.ts";

const ROWS: readonly (readonly [number, string, string])[] = [
  [RLIMIT_CPU, "Max cpu time", "seconds"],
  [RLIMIT_FSIZE, "Max file size", "bytes"],
  [RLIMIT_DATA, "Max data size", "bytes"],
  [RLIMIT_STACK, "Max stack size", "bytes"],
  [RLIMIT_CORE, "Max core file size", "bytes"],
  [RLIMIT_RSS, "Max resident set", "bytes"],
  [RLIMIT_NPROC, "Max processes", "processes"],
  [RLIMIT_NOFILE, "Max open files", "files"],
  [RLIMIT_MEMLOCK, "Max locked memory", "bytes"],
  [RLIMIT_AS, "Max address space", "bytes"],
  [RLIMIT_LOCKS, "Max file locks", "locks"],
  [RLIMIT_SIGPENDING, "Max pending signals", "signals"],
  [RLIMIT_MSGQUEUE, "Max msgqueue size", "bytes"],
  [RLIMIT_NICE, "Max nice priority", ""],
  [RLIMIT_RTPRIO, "Max realtime priority", ""],
  [RLIMIT_RTTIME, "Max realtime timeout", "us"],
];

export function limits({ group }: ProcProcess): string {
  const amount = (value: number) =>
    (value >= RLIM_INFINITY ? "unlimited" : String(value)).padEnd(20);
  let text = `${"Limit".padEnd(25)} ${"Soft Limit".padEnd(20)} ${"Hard Limit".padEnd(20)} ${"Units".padEnd(10)}\n`;
  for (const [which, name, unit] of ROWS) {
    const soft = amount(group.limits.soft(which));
    const hard = amount(group.limits.hard(which));
    text += `${name.padEnd(25)} ${soft} ${hard} ${unit === "" ? "" : unit.padEnd(10)}\n`;
  }
  return text;
}
