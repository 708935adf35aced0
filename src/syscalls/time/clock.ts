/**
 * Clocks and sleeping. Source: clock_gettime(2), gettimeofday(2), time(2), nanosleep(2),
 * clock_nanosleep(2), adjtimex(2). Most reads never come here: guests use the host's vDSO.
 */
import {
  EFAULT,
  EINVAL,
  EOPNOTSUPP,
  EPERM,
  ERESTART_RESTARTBLOCK,
  ERESTARTNOHAND,
  ERESTARTSYS,
  ETIMEDOUT,
} from "../../abi/errno.ts";
import { setU64 } from "../../abi/struct.ts";
import {
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_THREAD_CPUTIME_ID,
  TIMER_ABSTIME,
  timex,
} from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import { PARKED } from "../../kernel/task/park.ts";
import type { Task } from "../../kernel/task/task.ts";
import {
  deadlineOf,
  isMonotonic,
  isRealtime,
  readTimespecNs,
  writeTimespecNs,
} from "../../kernel/time/read-time.ts";

function writeRealtime(task: Task, at: number, divisor: number): number {
  const now = new Float64Array(2);
  task.kernel.clock.realtime(now);
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  setU64(view, 0, now[0]!);
  setU64(view, 8, Math.floor(now[1]! / divisor));
  return task.mm.write(at, bytes);
}

/** CPU clocks of other processes and threads have negative numbers (clock_getcpuclockid(3)). */
function cpuClockNs(task: Task, clock: number): number | null {
  const { kernel } = task;
  if (clock === CLOCK_PROCESS_CPUTIME_ID) return kernel.cpuTime.ofGroup(task.group);
  if (clock === CLOCK_THREAD_CPUTIME_ID) return kernel.cpuTime.ofTask(task);
  if (clock >= 0 || (clock & 3) > 2) return null;
  const id = ~(clock >> 3);
  if (clock & 4) {
    const target = id === 0 ? task : task.findTask(id);
    return target === undefined || target.group !== task.group
      ? null
      : kernel.cpuTime.ofTask(target);
  }
  const group = id === 0 ? task.group : task.findGroup(id);
  return group === undefined ? null : kernel.cpuTime.ofGroup(group);
}

export function clock_gettime(task: Task, clock: number, at: number): number {
  if (isRealtime(clock)) return writeRealtime(task, at, 1);
  if (isMonotonic(clock)) return writeTimespecNs(task, at, task.kernel.clock.monotonicNs());
  const cpu = cpuClockNs(task, clock);
  return cpu === null
    ? refuse(EINVAL, "clock_gettime: no such clock")
    : writeTimespecNs(task, at, cpu);
}

export function clock_getres(task: Task, clock: number, at: number): number {
  const known = isRealtime(clock) || isMonotonic(clock) || cpuClockNs(task, clock) !== null;
  if (!known) return refuse(EINVAL, "clock_getres: no such clock");
  // The coarse clocks tick with the host's scheduler.
  const ns = clock === 5 || clock === 6 ? 4_000_000 : 1;
  return at === 0 ? 0 : writeTimespecNs(task, at, ns);
}

export function clock_settime(task: Task, clock: number, at: number): number {
  if (!isRealtime(clock)) return refuse(EINVAL, "clock_settime: clock cannot be set");
  const ns = readTimespecNs(task, at);
  if (ns < 0) return ns;
  return refuse(EPERM, "clock_settime: the host's clock is not the guest's to set");
}

export function settimeofday(task: Task, tv: number, tz: number): number {
  if (tv !== 0 && task.mm.read(tv, 16) === null) return -EFAULT;
  if (tz !== 0 && task.mm.read(tz, 8) === null) return -EFAULT;
  return refuse(EPERM, "settimeofday: the host's clock is not the guest's to set");
}

export function gettimeofday(task: Task, tv: number, tz: number): number {
  if (tv !== 0 && writeRealtime(task, tv, 1000) < 0) return -EFAULT;
  return tz === 0 ? 0 : task.mm.write(tz, new Uint8Array(8));
}

export function time(task: Task, at: number): number {
  const now = new Float64Array(2);
  task.kernel.clock.realtime(now);
  const seconds = now[0]!;
  return at !== 0 && task.mm.writeU64(at, seconds) < 0 ? -EFAULT : seconds;
}

function adjust(task: Task, at: number): number {
  const bytes = task.mm.read(at, timex.size);
  if (bytes === null) return -EFAULT;
  const view = new DataView(bytes.buffer);
  if (timex.read(view, 0).modes !== 0)
    return refuse(EPERM, "adjtimex: the host's clock is not the guest's to set");
  const now = new Float64Array(2);
  task.kernel.clock.realtime(now);
  timex.write(view, 0, {
    tick: 10000,
    status: 0x40,
    precision: 1,
    tolerance: 32768000,
    maxerror: 16000000,
    esterror: 16000000,
    time: { tv_sec: now[0]!, tv_usec: Math.floor(now[1]! / 1000) },
  });
  return task.mm.write(at, bytes) < 0 ? -EFAULT : 5; // TIME_ERROR: not synchronised
}

export function adjtimex(task: Task, at: number): number {
  return adjust(task, at);
}

export function clock_adjtime(task: Task, clock: number, at: number): number {
  return isRealtime(clock) ? adjust(task, at) : -EINVAL;
}

// --- sleeping -------------------------------------------------------------------------------------

/** Sleep to the deadline; `remainAt` gets what is left of a relative sleep that a signal ends. */
function sleep(task: Task, deadline: number, remainAt: number): number {
  const rc = task.park(deadline);
  if (rc === PARKED) return rc;
  if (rc === -ETIMEDOUT) return 0;
  if (rc !== -ERESTARTSYS) return rc;
  if (remainAt !== 0) {
    const left = Math.max(0, deadline - task.kernel.clock.monotonicNs());
    if (writeTimespecNs(task, remainAt, left) < 0) return -EFAULT;
  }
  return -ERESTART_RESTARTBLOCK;
}

export function nanosleep(task: Task, requestAt: number, remainAt: number): number {
  if (task.restart === null) {
    const ns = readTimespecNs(task, requestAt);
    if (ns < 0) return ns;
    task.deadlineIn(ns + Math.min(task.timerSlackNs, 50_000));
    task.restart!.progress = remainAt;
  }
  return sleep(task, task.record.deadline, remainAt);
}

/** Until a CPU clock has counted so far: looked at again whenever that could be so at the earliest. */
function cpuNanosleep(task: Task, clock: number, flags: number, requestAt: number): number {
  const used = cpuClockNs(task, clock);
  if (used === null) return refuse(EINVAL, "clock_nanosleep: no such clock");
  // A thread that sleeps uses no time.
  if (clock < 0 && (clock & 4) !== 0)
    return refuse(EINVAL, "clock_nanosleep: not on a thread's CPU clock");
  if (task.restart === null) {
    const ns = readTimespecNs(task, requestAt);
    if (ns < 0) return ns;
    task.record.progress = flags & TIMER_ABSTIME ? ns : used + ns;
  }
  const left = task.record.progress - used;
  if (left <= 0) return 0;
  const rc = task.park(task.kernel.clock.monotonicNs() + Math.max(left, 1e6));
  return rc === -ERESTARTSYS ? -ERESTARTNOHAND : rc;
}

export function clock_nanosleep(
  task: Task,
  clock: number,
  flags: number,
  requestAt: number,
  remainAt: number,
): number {
  if (clock === CLOCK_THREAD_CPUTIME_ID)
    return refuse(EOPNOTSUPP, "clock_nanosleep: not on a thread's CPU clock");
  if (!isRealtime(clock) && !isMonotonic(clock)) {
    return cpuNanosleep(task, clock, flags, requestAt);
  }
  if ((flags & TIMER_ABSTIME) === 0) return nanosleep(task, requestAt, remainAt);
  if (task.restart === null) {
    const deadline = deadlineOf(task, requestAt, clock);
    if (deadline < 0) return deadline;
    task.record.deadline = deadline;
  }
  const rc = sleep(task, task.record.deadline, 0);
  // An absolute sleep starts again with the same deadline; a handler makes it EINTR.
  return rc === -ERESTART_RESTARTBLOCK ? -ERESTARTNOHAND : rc;
}
