/**
 * Interval timers and POSIX timers. Source: getitimer(2), alarm(2), timer_create(2), timer_settime(2),
 * timer_getoverrun(2), timer_delete(2), sigevent(3type).
 */
import { EFAULT, EINVAL, EOPNOTSUPP } from "../../abi/errno.ts";
import { SIGALRM } from "../../abi/signal.ts";
import {
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_THREAD_CPUTIME_ID,
  ITIMER_REAL,
  itimerspec,
  itimerval,
  TIMER_ABSTIME,
} from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import type { Task } from "../../kernel/task/task.ts";
import type { TimerEvent } from "../../kernel/time/group-timers.ts";
import { isMonotonic, isRealtime, toDeadline } from "../../kernel/time/read-time.ts";

const SIGEV_SIGNAL = 0;
const SIGEV_NONE = 1;
const SIGEV_THREAD_ID = 4;
const SIGEVENT_SIZE = 64;

// --- setitimer ------------------------------------------------------------------------------------

interface Timeval {
  tv_sec: number;
  tv_usec: number;
}
const toNs = (tv: Timeval): number => tv.tv_sec * 1e9 + tv.tv_usec * 1e3;
const toTimeval = (ns: number): Timeval => ({
  tv_sec: Math.floor(ns / 1e9),
  tv_usec: Math.floor((ns % 1e9) / 1e3),
});
const isBad = (tv: Timeval): boolean => tv.tv_sec < 0 || tv.tv_usec < 0 || tv.tv_usec >= 1e6;

function writeItimer(task: Task, at: number, remaining: number, interval: number): number {
  const bytes = new Uint8Array(itimerval.size);
  // Rounded up: a running timer never shows zero.
  itimerval.write(new DataView(bytes.buffer), 0, {
    it_interval: toTimeval(interval),
    it_value: toTimeval(Math.ceil(remaining / 1000) * 1000),
  });
  return task.mm.write(at, bytes);
}

export function getitimer(task: Task, which: number, at: number): number {
  if (which < 0 || which > 2) return -EINVAL;
  const timer = task.group.timers.interval(which);
  return writeItimer(task, at, timer.remainingNs, timer.intervalNs);
}

export function setitimer(task: Task, which: number, newAt: number, oldAt: number): number {
  if (which < 0 || which > 2) return -EINVAL;
  let value = 0;
  let interval = 0;
  if (newAt !== 0) {
    const bytes = task.mm.read(newAt, itimerval.size);
    if (bytes === null) return -EFAULT;
    const given = itimerval.read(new DataView(bytes.buffer), 0);
    if (isBad(given.it_value) || isBad(given.it_interval))
      return refuse(EINVAL, "setitimer: bad time");
    value = toNs(given.it_value);
    interval = toNs(given.it_interval);
  }
  const timer = task.group.timers.interval(which);
  const { remainingNs, intervalNs } = timer;
  timer.setNs(value, interval);
  return oldAt === 0 ? 0 : writeItimer(task, oldAt, remainingNs, intervalNs);
}

export function alarm(task: Task, seconds: number): number {
  const timer = task.group.timers.interval(ITIMER_REAL);
  const left = timer.remainingNs;
  timer.setNs(seconds * 1e9, 0);
  // To the nearest second, but never zero for one that runs.
  return left === 0 ? 0 : Math.max(1, Math.round(left / 1e9));
}

// --- POSIX timers ---------------------------------------------------------------------------------

export function timer_create(task: Task, clock: number, eventAt: number, idAt: number): number {
  const onCpu = clock === CLOCK_PROCESS_CPUTIME_ID || clock === CLOCK_THREAD_CPUTIME_ID;
  if (!onCpu && !isRealtime(clock) && !isMonotonic(clock))
    return refuse(EINVAL, "timer_create: no such clock");
  if (clock === 4 || clock === 5 || clock === 6)
    return refuse(EOPNOTSUPP, "timer_create: clock has no timers");
  const event = readEvent(task, eventAt);
  if (typeof event === "number") return event;
  const timer = task.group.timers.create(clock, onCpu, event);
  if (typeof timer === "number") return timer;
  if (eventAt === 0) event.valueLow = timer.id;
  if (task.mm.writeI32(idAt, timer.id) < 0) {
    task.group.timers.delete(timer.id);
    return -EFAULT;
  }
  return 0;
}

function readEvent(task: Task, at: number): TimerEvent | number {
  if (at === 0) return { signo: SIGALRM, target: null, valueLow: 0, valueHigh: 0 };
  const view = task.mm.view(at, SIGEVENT_SIZE);
  if (view === null) return -EFAULT;
  const event: TimerEvent = {
    signo: view.getInt32(8, true),
    target: null,
    valueLow: view.getUint32(0, true),
    valueHigh: view.getUint32(4, true),
  };
  const notify = view.getInt32(12, true);
  const tid = view.getInt32(16, true);
  if (notify === SIGEV_NONE) event.signo = 0;
  else if (notify === SIGEV_SIGNAL || notify === SIGEV_THREAD_ID) {
    if (event.signo < 1 || event.signo > 64) return refuse(EINVAL, "timer_create: bad signal");
    if (notify === SIGEV_THREAD_ID) {
      const target = task.findTask(tid);
      if (target === undefined || target.group !== task.group)
        return refuse(EINVAL, "timer_create: no such thread");
      event.target = target;
    }
  } else return refuse(EINVAL, "timer_create: unknown notification");
  return event;
}

interface Timespec {
  tv_sec: number;
  tv_nsec: number;
}
const specNs = (t: Timespec): number => t.tv_sec * 1e9 + t.tv_nsec;
const toTimespec = (ns: number): Timespec => ({
  tv_sec: Math.floor(ns / 1e9),
  tv_nsec: Math.floor(ns % 1e9),
});
const isBadSpec = (t: Timespec): boolean => t.tv_sec < 0 || t.tv_nsec < 0 || t.tv_nsec >= 1e9;

function writeItimerspec(task: Task, at: number, remaining: number, interval: number): number {
  const bytes = new Uint8Array(itimerspec.size);
  itimerspec.write(new DataView(bytes.buffer), 0, {
    it_interval: toTimespec(interval),
    it_value: toTimespec(remaining),
  });
  return task.mm.write(at, bytes);
}

export function timer_settime(
  task: Task,
  id: number,
  flags: number,
  newAt: number,
  oldAt: number,
): number {
  const timer = task.group.timers.get(id);
  if (newAt === 0) return -EINVAL;
  const bytes = task.mm.read(newAt, itimerspec.size);
  if (bytes === null) return -EFAULT;
  const given = itimerspec.read(new DataView(bytes.buffer), 0);
  if (isBadSpec(given.it_value) || isBadSpec(given.it_interval))
    return refuse(EINVAL, "timer_settime: bad time");
  if (timer === undefined) return refuse(EINVAL, "timer_settime: no such timer");
  const { remainingNs, intervalNs } = timer;
  let ns = specNs(given.it_value);
  if (ns > 0 && flags & TIMER_ABSTIME)
    ns = Math.max(1, toDeadline(task, ns, timer.clock) - task.kernel.clock.monotonicNs());
  timer.setNs(ns, specNs(given.it_interval));
  return oldAt === 0 ? 0 : writeItimerspec(task, oldAt, remainingNs, intervalNs);
}

export function timer_gettime(task: Task, id: number, at: number): number {
  const timer = task.group.timers.get(id);
  if (timer === undefined) return -EINVAL;
  return writeItimerspec(task, at, timer.remainingNs, timer.intervalNs);
}

export function timer_getoverrun(task: Task, id: number): number {
  return task.group.timers.get(id)?.overrun ?? -EINVAL;
}

export function timer_delete(task: Task, id: number): number {
  if (task.group.timers.get(id) === undefined) return -EINVAL;
  task.group.timers.delete(id);
  return 0;
}
