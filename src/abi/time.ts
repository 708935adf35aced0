/**
 * time: clocks, timers, and the shapes in which Linux says when and how long.
 * Source: clock_gettime(2), timer_create(2), timerfd_create(2), setitimer(2), times(2),
 * utimensat(2), adjtimex(2); include/uapi/linux/{time,time_types,timerfd,timex,times}.h.
 */

import { flagSet, nameSet } from "./flags.ts";
import { i32, i64, pad, struct, u32 } from "./struct.ts";

export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_PROCESS_CPUTIME_ID = 2;
export const CLOCK_THREAD_CPUTIME_ID = 3;
export const CLOCK_MONOTONIC_RAW = 4;
export const CLOCK_REALTIME_COARSE = 5;
export const CLOCK_MONOTONIC_COARSE = 6;
export const CLOCK_BOOTTIME = 7;
export const CLOCK_REALTIME_ALARM = 8;
export const CLOCK_BOOTTIME_ALARM = 9;
export const CLOCK_SGI_CYCLE = 10;
export const CLOCK_TAI = 11;
export const MAX_CLOCKS = 16;
/** The low three bits of a negative clock id: the clock of one task, or of a descriptor. */
export const CPUCLOCK_PROF = 0;
export const CPUCLOCK_VIRT = 1;
export const CPUCLOCK_SCHED = 2;
export const CLOCKFD = 3;
export const CPUCLOCK_PERTHREAD_MASK = 4;

export const clockIds = nameSet("clockid", {
  CLOCK_REALTIME,
  CLOCK_MONOTONIC,
  CLOCK_PROCESS_CPUTIME_ID,
  CLOCK_THREAD_CPUTIME_ID,
  CLOCK_MONOTONIC_RAW,
  CLOCK_REALTIME_COARSE,
  CLOCK_MONOTONIC_COARSE,
  CLOCK_BOOTTIME,
  CLOCK_REALTIME_ALARM,
  CLOCK_BOOTTIME_ALARM,
  CLOCK_SGI_CYCLE,
  CLOCK_TAI,
});

/** `struct timespec`, include/uapi/linux/time.h */
export const timespec = struct("timespec", { tv_sec: i64, tv_nsec: i64 });

/** `struct timeval`, include/uapi/linux/time.h */
export const timeval = struct("timeval", { tv_sec: i64, tv_usec: i64 });

/** `struct timezone`, include/uapi/linux/time.h */
export const timezone = struct("timezone", { tz_minuteswest: i32, tz_dsttime: i32 });

/** `struct itimerval`, include/uapi/linux/time.h */
export const itimerval = struct("itimerval", { it_interval: timeval, it_value: timeval });

/** `struct itimerspec`, include/uapi/linux/time.h */
export const itimerspec = struct("itimerspec", { it_interval: timespec, it_value: timespec });

/** `struct tms`, include/uapi/linux/times.h, in ticks of USER_HZ */
export const tms = struct("tms", {
  tms_utime: i64,
  tms_stime: i64,
  tms_cutime: i64,
  tms_cstime: i64,
});

/** `struct utimbuf`, include/uapi/linux/utime.h */
export const utimbuf = struct("utimbuf", { actime: i64, modtime: i64 });

/** Ticks per second of times(2) and /proc. */
export const USER_HZ = 100;

export const ITIMER_REAL = 0;
export const ITIMER_VIRTUAL = 1;
export const ITIMER_PROF = 2;

export const itimerWhich = nameSet("itimer", {
  ITIMER_REAL,
  ITIMER_VIRTUAL,
  ITIMER_PROF,
});

// Flags of timer_settime(2), clock_nanosleep(2) and timerfd_settime(2).
export const TIMER_ABSTIME = 0x1;

export const timerFlags = flagSet("timer", { TIMER_ABSTIME });

export const TFD_TIMER_ABSTIME = 0x1;
export const TFD_TIMER_CANCEL_ON_SET = 0x2;
export const TFD_CLOEXEC = 0o2000000;
export const TFD_NONBLOCK = 0o4000;
export const TFD_IOC_SET_TICKS = 0x40085400;

export const timerfdSettimeFlags = flagSet("timerfd_settime", {
  TFD_TIMER_ABSTIME,
  TFD_TIMER_CANCEL_ON_SET,
});
export const timerfdFlags = flagSet("timerfd_create", { TFD_CLOEXEC, TFD_NONBLOCK });

// utimensat(2): in tv_nsec.
export const UTIME_NOW = 0x3fffffff;
export const UTIME_OMIT = 0x3ffffffe;

// adjtimex(2).
export const ADJ_OFFSET = 0x1;
export const ADJ_FREQUENCY = 0x2;
export const ADJ_MAXERROR = 0x4;
export const ADJ_ESTERROR = 0x8;
export const ADJ_STATUS = 0x10;
export const ADJ_TIMECONST = 0x20;
export const ADJ_TAI = 0x80;
export const ADJ_SETOFFSET = 0x100;
export const ADJ_MICRO = 0x1000;
export const ADJ_NANO = 0x2000;
export const ADJ_TICK = 0x4000;
export const ADJ_OFFSET_SINGLESHOT = 0x8001;
export const ADJ_OFFSET_SS_READ = 0xa001;
export const STA_PLL = 0x1;
export const STA_PPSFREQ = 0x2;
export const STA_PPSTIME = 0x4;
export const STA_FLL = 0x8;
export const STA_INS = 0x10;
export const STA_DEL = 0x20;
export const STA_UNSYNC = 0x40;
export const STA_FREQHOLD = 0x80;
export const STA_PPSSIGNAL = 0x100;
export const STA_PPSJITTER = 0x200;
export const STA_PPSWANDER = 0x400;
export const STA_PPSERROR = 0x800;
export const STA_CLOCKERR = 0x1000;
export const STA_NANO = 0x2000;
export const STA_MODE = 0x4000;
export const STA_CLK = 0x8000;
export const TIME_OK = 0;
export const TIME_INS = 1;
export const TIME_DEL = 2;
export const TIME_OOP = 3;
export const TIME_WAIT = 4;
export const TIME_ERROR = 5;

export const adjtimexModes = flagSet("timex", {
  ADJ_OFFSET,
  ADJ_FREQUENCY,
  ADJ_MAXERROR,
  ADJ_ESTERROR,
  ADJ_STATUS,
  ADJ_TIMECONST,
  ADJ_TAI,
  ADJ_SETOFFSET,
  ADJ_MICRO,
  ADJ_NANO,
  ADJ_TICK,
});

/** `struct timex`, include/uapi/linux/timex.h (`struct __kernel_timex`) */
export const timex = struct("timex", {
  modes: u32,
  offset: i64,
  freq: i64,
  maxerror: i64,
  esterror: i64,
  status: i32,
  constant: i64,
  precision: i64,
  tolerance: i64,
  time: timeval,
  tick: i64,
  ppsfreq: i64,
  jitter: i64,
  shift: i32,
  stabil: i64,
  jitcnt: i64,
  calcnt: i64,
  errcnt: i64,
  stbcnt: i64,
  tai: i32,
  __reserved: pad(44),
});
