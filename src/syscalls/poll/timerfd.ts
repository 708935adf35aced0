/**
 * timerfd_create, timerfd_settime, timerfd_gettime: timers to wait on (timerfd_create(2)).
 */
import { CAP_WAKE_ALARM } from "../../abi/capability.ts";
import { EBADF, EFAULT, EINVAL, EPERM } from "../../abi/errno.ts";
import {
  CLOCK_BOOTTIME,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_MONOTONIC,
  CLOCK_REALTIME,
  CLOCK_REALTIME_ALARM,
  itimerspec,
  TFD_CLOEXEC,
  timerfdFlags,
  timerfdSettimeFlags,
} from "../../abi/time.ts";
import { refuse } from "../../base/refuse.ts";
import { getFile } from "../../kernel/fd/get.ts";
import { installFile } from "../../kernel/fd/install.ts";
import { makeTimerFd, TimerFd, type TimerSetting } from "../../kernel/files/timerfd.ts";
import type { Task } from "../../kernel/task/task.ts";

const SECOND = 1_000_000_000;

export function timerfd_create(task: Task, clockid: number, flags: number): number {
  if (timerfdFlags.unknown(flags) !== 0) return refuse(EINVAL, "timerfd_create: unknown flags");
  const isAlarm = clockid === CLOCK_REALTIME_ALARM || clockid === CLOCK_BOOTTIME_ALARM;
  const isTimer =
    clockid === CLOCK_REALTIME || clockid === CLOCK_MONOTONIC || clockid === CLOCK_BOOTTIME;
  if (!isAlarm && !isTimer) return refuse(EINVAL, "timerfd_create: no timers of this clock");
  if (isAlarm && !task.credentials.has(CAP_WAKE_ALARM))
    return refuse(EPERM, "timerfd_create: an alarm clock needs CAP_WAKE_ALARM");
  return installFile(task, makeTimerFd(task, clockid, flags), (flags & TFD_CLOEXEC) !== 0);
}

export function timerfd_settime(
  task: Task,
  fd: number,
  flags: number,
  new_value: number,
  old_value: number,
): number {
  const view = task.mm.view(new_value, itimerspec.size);
  if (view === null) return -EFAULT;
  const { it_value, it_interval } = itimerspec.read(view, 0);
  if (timerfdSettimeFlags.unknown(flags) !== 0)
    return refuse(EINVAL, "timerfd_settime: unknown flags");
  if (!isTime(it_value) || !isTime(it_interval)) return refuse(EINVAL, "timerfd_settime: no time");
  const file = getFile(task, fd);
  if (file === null) return -EBADF;
  if (!(file instanceof TimerFd)) return refuse(EINVAL, "timerfd_settime: not a timerfd");
  const [left, interval] = file.remaining();
  const setting: TimerSetting = {
    valueSec: it_value.tv_sec,
    valueNsec: it_value.tv_nsec,
    intervalSec: it_interval.tv_sec,
    intervalNsec: it_interval.tv_nsec,
  };
  file.set(setting, flags);
  return old_value === 0 ? 0 : store(task, old_value, left, interval);
}

export function timerfd_gettime(task: Task, fd: number, curr_value: number): number {
  const file = getFile(task, fd);
  if (file === null) return -EBADF;
  if (!(file instanceof TimerFd)) return refuse(EINVAL, "timerfd_gettime: not a timerfd");
  const [left, interval] = file.remaining();
  return store(task, curr_value, left, interval);
}

function isTime(time: { tv_sec: number; tv_nsec: number }): boolean {
  return time.tv_sec >= 0 && time.tv_nsec >= 0 && time.tv_nsec < SECOND;
}

function store(task: Task, address: number, leftNs: number, intervalNs: number): number {
  const bytes = new Uint8Array(itimerspec.size);
  itimerspec.write(new DataView(bytes.buffer), 0, {
    it_value: split(leftNs),
    it_interval: split(intervalNs),
  });
  return task.mm.write(address, bytes);
}

function split(ns: number): { tv_sec: number; tv_nsec: number } {
  const sec = Math.floor(ns / SECOND);
  return { tv_sec: sec, tv_nsec: Math.floor(ns - sec * SECOND) };
}
