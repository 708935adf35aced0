/**
 * Rows: clocks, sleeping and timers.
 * Source: time(2), gettimeofday(2), clock_gettime(2), nanosleep(2), getitimer(2), timer_create(2),
 * timerfd_create(2), times(2), adjtimex(2).
 */
import { sigevent } from "../../abi/signal.ts";
import { i32, i64 } from "../../abi/struct.ts";
import {
  clockIds,
  itimerspec,
  itimerval,
  itimerWhich,
  timerFlags,
  timerfdFlags,
  timerfdSettimeFlags,
  timespec,
  timeval,
  timex,
  timezone,
  tms,
} from "../../abi/time.ts";
import { choice, fd, flags, int, ptr, record, uint } from "../args.ts";
import * as pollTimerfdHandlers from "../poll/timerfd.ts";
import * as processLimitsHandlers from "../process/limits.ts";
import { syscall } from "../row.ts";
import * as clockHandlers from "./clock.ts";
import * as timerHandlers from "./timer.ts";

export const time = syscall("time", {
  x64: 201,
  args: [record("tloc", "out", i64)],
  support: "full",
  run: clockHandlers.time,
});

export const gettimeofday = syscall("gettimeofday", {
  x64: 96,
  args: [record("tv", "out", timeval), record("tz", "out", timezone)],
  support: "full",
  run: clockHandlers.gettimeofday,
});

export const settimeofday = syscall("settimeofday", {
  x64: 164,
  args: [record("tv", "in", timeval), record("tz", "in", timezone)],
  support: { partial: "EPERM: the host keeps the time" },
  run: clockHandlers.settimeofday,
});

export const clock_gettime = syscall("clock_gettime", {
  x64: 228,
  args: [choice("clockid", clockIds), record("tp", "out", timespec)],
  support: "full",
  run: clockHandlers.clock_gettime,
});

export const clock_settime = syscall("clock_settime", {
  x64: 227,
  args: [choice("clockid", clockIds), record("tp", "in", timespec)],
  support: { partial: "EPERM: the host keeps the time" },
  run: clockHandlers.clock_settime,
});

export const clock_getres = syscall("clock_getres", {
  x64: 229,
  args: [choice("clockid", clockIds), record("res", "out", timespec)],
  support: "full",
  run: clockHandlers.clock_getres,
});

export const clock_nanosleep = syscall("clock_nanosleep", {
  x64: 230,
  args: [
    choice("clockid", clockIds),
    flags("flags", timerFlags),
    record("request", "in", timespec),
    ptr("remain"),
  ],
  support: "full",
  run: clockHandlers.clock_nanosleep,
});

export const clock_adjtime = syscall("clock_adjtime", {
  x64: 305,
  args: [choice("clockid", clockIds), record("buf", "inout", timex)],
  support: { partial: "reads only: the host keeps the time" },
  run: clockHandlers.clock_adjtime,
});

export const adjtimex = syscall("adjtimex", {
  x64: 159,
  args: [record("buf", "inout", timex)],
  support: { partial: "reads only: the host keeps the time" },
  run: clockHandlers.adjtimex,
});

export const nanosleep = syscall("nanosleep", {
  x64: 35,
  args: [record("req", "in", timespec), ptr("rem")],
  support: "full",
  run: clockHandlers.nanosleep,
});

export const getitimer = syscall("getitimer", {
  x64: 36,
  args: [choice("which", itimerWhich), record("curr_value", "out", itimerval)],
  support: "full",
  run: timerHandlers.getitimer,
});

export const setitimer = syscall("setitimer", {
  x64: 38,
  args: [
    choice("which", itimerWhich),
    record("new_value", "in", itimerval),
    record("old_value", "out", itimerval),
  ],
  support: "full",
  run: timerHandlers.setitimer,
});

export const alarm = syscall("alarm", {
  x64: 37,
  args: [uint("seconds")],
  support: "full",
  run: timerHandlers.alarm,
});

export const timer_create = syscall("timer_create", {
  x64: 222,
  args: [
    choice("clockid", clockIds),
    record("sevp", "in", sigevent),
    record("timerid", "out", i32),
  ],
  support: "full",
  run: timerHandlers.timer_create,
});

export const timer_settime = syscall("timer_settime", {
  x64: 223,
  args: [
    int("timerid"),
    flags("flags", timerFlags),
    record("new_value", "in", itimerspec),
    record("old_value", "out", itimerspec),
  ],
  support: "full",
  run: timerHandlers.timer_settime,
});

export const timer_gettime = syscall("timer_gettime", {
  x64: 224,
  args: [int("timerid"), record("curr_value", "out", itimerspec)],
  support: "full",
  run: timerHandlers.timer_gettime,
});

export const timer_getoverrun = syscall("timer_getoverrun", {
  x64: 225,
  args: [int("timerid")],
  support: "full",
  run: timerHandlers.timer_getoverrun,
});

export const timer_delete = syscall("timer_delete", {
  x64: 226,
  args: [int("timerid")],
  support: "full",
  run: timerHandlers.timer_delete,
});

export const timerfd_create = syscall("timerfd_create", {
  x64: 283,
  args: [choice("clockid", clockIds), flags("flags", timerfdFlags)],
  returns: fd("fd"),
  support: "full",
  run: pollTimerfdHandlers.timerfd_create,
});

export const timerfd_settime = syscall("timerfd_settime", {
  x64: 286,
  args: [
    fd("fd"),
    flags("flags", timerfdSettimeFlags),
    record("new_value", "in", itimerspec),
    record("old_value", "out", itimerspec),
  ],
  support: "full",
  run: pollTimerfdHandlers.timerfd_settime,
});

export const timerfd_gettime = syscall("timerfd_gettime", {
  x64: 287,
  args: [fd("fd"), record("curr_value", "out", itimerspec)],
  support: "full",
  run: pollTimerfdHandlers.timerfd_gettime,
});

export const times = syscall("times", {
  x64: 100,
  args: [record("buf", "out", tms)],
  support: { partial: "all processor time counts as user time" },
  run: processLimitsHandlers.times,
});
