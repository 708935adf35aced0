/**
 * Times in guest memory, and the clocks they are told on (clock_gettime(2)).
 *  - A timespec becomes nanoseconds as a number (saturating; centuries are as good as never).
 *  - An absolute time of any clock becomes the kernel's own deadline: monotonic nanoseconds.
 */
import { EFAULT, EINVAL } from "../../abi/errno.ts";
import { getI64, setU64 } from "../../abi/struct.ts";
import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_MONOTONIC_COARSE,
  CLOCK_MONOTONIC_RAW,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  CLOCK_REALTIME_COARSE,
  CLOCK_TAI,
  CLOCK_THREAD_CPUTIME_ID,
} from "../../abi/time.ts";
import type { Task } from "../task/task.ts";

const NS = 1e9;

/** Nanoseconds of the timespec at `at`; -EFAULT or -EINVAL. */
export function readTimespecNs(task: Task, at: number): number {
  const view = task.mm.view(at, 16);
  if (view === null) return -EFAULT;
  const sec = getI64(view, 0);
  const nsecHigh = view.getInt32(12, true);
  const nsec = view.getUint32(8, true);
  if (sec < 0 || nsecHigh !== 0 || nsec >= NS) return -EINVAL;
  return sec * NS + nsec;
}

/** Write nanoseconds as a timespec: 0 or -EFAULT. */
export function writeTimespecNs(task: Task, at: number, ns: number): number {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  const sec = Math.floor(ns / NS);
  setU64(view, 0, sec);
  setU64(view, 8, Math.floor(ns - sec * NS));
  return task.mm.write(at, bytes);
}

export function isRealtime(clock: number): boolean {
  return (
    clock === CLOCK_REALTIME ||
    clock === CLOCK_REALTIME_COARSE ||
    clock === CLOCK_TAI ||
    clock === CLOCK_REALTIME_ALARM
  );
}

export function isMonotonic(clock: number): boolean {
  return (
    clock === CLOCK_MONOTONIC ||
    clock === CLOCK_MONOTONIC_RAW ||
    clock === CLOCK_MONOTONIC_COARSE ||
    clock === CLOCK_BOOTTIME ||
    clock === CLOCK_BOOTTIME_ALARM
  );
}

export function isCpuClock(clock: number): boolean {
  return clock === CLOCK_PROCESS_CPUTIME_ID || clock === CLOCK_THREAD_CPUTIME_ID;
}

/** The absolute timespec at `at` on `clock`, as a kernel deadline; or -errno. */
export function deadlineOf(task: Task, at: number, clock: number): number {
  const ns = readTimespecNs(task, at);
  return ns < 0 ? ns : toDeadline(task, ns, clock);
}

export function toDeadline(task: Task, ns: number, clock: number): number {
  const { kernel } = task;
  if (!isRealtime(clock)) return ns;
  // Differences are small enough to be exact; the absolute wall time is not.
  const now = new Float64Array(2);
  kernel.clock.realtime(now);
  const sec = Math.floor(ns / NS);
  const left = (sec - now[0]!) * NS + (ns - sec * NS - now[1]!);
  return Math.max(0, kernel.clock.monotonicNs() + left);
}
