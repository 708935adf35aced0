/**
 * process: is a host process still the one that was meant? A number alone does not tell: it is given
 * to others later. The time of its start does, and lives as long as the process.
 */
import { readFileSync } from "node:fs";
import type { HostProcess } from "./state.ts";

/** Fields of /proc/PID/stat behind the name: the state is number 3, the time of the start 22. */
const STATE = 0;
const START_TIME = 19;

function statFields(pid: number): string[] | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return null;
  }
}

/** The process that has this number now; null when there is none. */
export function identify(pid: number): HostProcess | null {
  const fields = statFields(pid);
  return fields === null ? null : { pid, startTime: fields[START_TIME] ?? "" };
}

/** Does it still run? One that only waits to be reaped does not. */
export function isAlive(process: HostProcess | null): boolean {
  if (process === null) return false;
  const fields = statFields(process.pid);
  if (fields === null || fields[START_TIME] !== process.startTime) return false;
  return fields[STATE] !== "Z" && fields[STATE] !== "X";
}
