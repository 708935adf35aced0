/**
 * timeout: how long a call may wait: reading it from the guest, and telling what was left.
 * Lengths are nanoseconds, Infinity for ever; deadlines are monotonic.
 */
import { EFAULT, EINTR, EINVAL, ERESTARTNOHAND } from "../../abi/errno.ts";
import { STICKY_TIMEOUTS } from "../../abi/process.ts";
import { timespec, timeval } from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";

const SECOND = 1_000_000_000;
const MICROSECOND = 1000;
const MILLION = 1_000_000;
/** Longer is for ever: beyond what the clock can count. */
const FOREVER = 2 ** 62;

/** A struct timespec: nanoseconds, Infinity for a null pointer, or -errno. */
export function readTimespec(task: Task, address: number): number {
  if (address === 0) return Infinity;
  const view = task.mm.view(address, timespec.size);
  if (view === null) return -EFAULT;
  const { tv_sec, tv_nsec } = timespec.read(view, 0);
  return length(tv_sec, tv_nsec);
}

/** A struct timeval: nanoseconds, Infinity for a null pointer, or -errno. */
export function readTimeval(task: Task, address: number): number {
  if (address === 0) return Infinity;
  const view = task.mm.view(address, timeval.size);
  if (view === null) return -EFAULT;
  const { tv_sec, tv_usec } = timeval.read(view, 0);
  const carried = Math.trunc(tv_usec / MILLION);
  return length(tv_sec + carried, (tv_usec - carried * MILLION) * MICROSECOND);
}

function length(sec: number, nsec: number): number {
  if (sec < 0 || nsec < 0 || nsec >= SECOND) return refuse(EINVAL, "not a valid time");
  const ns = sec * SECOND + nsec;
  return ns >= FOREVER ? Infinity : ns;
}

/** Milliseconds as poll(2) takes them; negative is for ever. */
export function milliseconds(timeout: number): number {
  return timeout < 0 ? Infinity : timeout * MILLION;
}

/**
 * The end of select, pselect6 and ppoll: store what is left of the timeout at `address`. A call that
 * could not store it must not restart, as it would wait too long.
 */
export function finishTimeout(
  task: Task,
  result: number,
  timeoutNs: number,
  address: number,
  unit: "timespec" | "timeval",
): number {
  if (result === PARKED || address === 0) return result;
  const isSticky = (task.personality & STICKY_TIMEOUTS) !== 0;
  if (!isSticky) {
    if (timeoutNs === 0) return result;
    const deadline = task.restart?.deadline ?? task.kernel.clock.monotonicNs() + timeoutNs;
    const left = Math.max(0, deadline - task.kernel.clock.monotonicNs());
    if (timeoutNs === Infinity || store(task, address, left, unit) === 0) return result;
  }
  return result === -ERESTARTNOHAND ? -EINTR : result;
}

function store(task: Task, address: number, ns: number, unit: "timespec" | "timeval"): number {
  const bytes = new Uint8Array(timespec.size);
  const view = new DataView(bytes.buffer);
  const sec = Math.floor(ns / SECOND);
  const rest = Math.floor(ns - sec * SECOND);
  if (unit === "timespec") timespec.write(view, 0, { tv_sec: sec, tv_nsec: rest });
  else timeval.write(view, 0, { tv_sec: sec, tv_usec: Math.floor(rest / MICROSECOND) });
  return task.mm.write(address, bytes);
}
