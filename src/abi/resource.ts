/**
 * resource: limits, usage and priorities.
 * Source: getrlimit(2), prlimit(2), getrusage(2), getpriority(2); include/uapi/linux/resource.h,
 * include/uapi/asm-generic/resource.h.
 */

import { nameSet } from "./flags.ts";
import { i64, struct, u64 } from "./struct.ts";
import { timeval } from "./time.ts";

export const RLIMIT_CPU = 0;
export const RLIMIT_FSIZE = 1;
export const RLIMIT_DATA = 2;
export const RLIMIT_STACK = 3;
export const RLIMIT_CORE = 4;
export const RLIMIT_RSS = 5;
export const RLIMIT_NPROC = 6;
export const RLIMIT_NOFILE = 7;
export const RLIMIT_MEMLOCK = 8;
export const RLIMIT_AS = 9;
export const RLIMIT_LOCKS = 10;
export const RLIMIT_SIGPENDING = 11;
export const RLIMIT_MSGQUEUE = 12;
export const RLIMIT_NICE = 13;
export const RLIMIT_RTPRIO = 14;
export const RLIMIT_RTTIME = 15;
export const RLIM_NLIMITS = 16;

export const rlimitResources = nameSet("rlimit", {
  RLIMIT_CPU,
  RLIMIT_FSIZE,
  RLIMIT_DATA,
  RLIMIT_STACK,
  RLIMIT_CORE,
  RLIMIT_RSS,
  RLIMIT_NPROC,
  RLIMIT_NOFILE,
  RLIMIT_MEMLOCK,
  RLIMIT_AS,
  RLIMIT_LOCKS,
  RLIMIT_SIGPENDING,
  RLIMIT_MSGQUEUE,
  RLIMIT_NICE,
  RLIMIT_RTPRIO,
  RLIMIT_RTTIME,
});

/** All 64 bits set; the codec writes 2^64 back as that. */
export const RLIM_INFINITY = 2 ** 64;

/** `struct rlimit` and `struct rlimit64`, include/uapi/linux/resource.h: the same on amd64 */
export const rlimit = struct("rlimit", { rlim_cur: u64, rlim_max: u64 });

export const RUSAGE_SELF = 0;
export const RUSAGE_CHILDREN = -1;
export const RUSAGE_BOTH = -2;
export const RUSAGE_THREAD = 1;

export const rusageWho = nameSet("rusage", { RUSAGE_SELF, RUSAGE_CHILDREN, RUSAGE_THREAD });

/** `struct rusage`, include/uapi/linux/resource.h */
export const rusage = struct("rusage", {
  ru_utime: timeval,
  ru_stime: timeval,
  ru_maxrss: i64,
  ru_ixrss: i64,
  ru_idrss: i64,
  ru_isrss: i64,
  ru_minflt: i64,
  ru_majflt: i64,
  ru_nswap: i64,
  ru_inblock: i64,
  ru_oublock: i64,
  ru_msgsnd: i64,
  ru_msgrcv: i64,
  ru_nsignals: i64,
  ru_nvcsw: i64,
  ru_nivcsw: i64,
});

export const PRIO_PROCESS = 0;
export const PRIO_PGRP = 1;
export const PRIO_USER = 2;
export const PRIO_MIN = -20;
export const PRIO_MAX = 20;

export const priorityWhich = nameSet("priority", {
  PRIO_PROCESS,
  PRIO_PGRP,
  PRIO_USER,
});
