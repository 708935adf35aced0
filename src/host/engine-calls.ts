/**
 * What the threads of Node, V8, libuv and the C library need of the host once the sandbox runs, each
 * with its reason: the second table of the lock-down filter. Found by strace(1) and by running with
 * TVISOR_LOCKDOWN=report. Numbers: amd64.
 *  - Executable memory cannot be refused: V8 compiles while we run. Code that an attacker writes
 *    there still meets this filter.
 *  - No io_uring: its ring would make calls that no filter sees. The kernel process therefore ends by
 *    exit_group, not through Node's own teardown, which would use it.
 */
import { ENOSYS } from "../abi/errno.ts";
import { call, type HostCall } from "./calls.ts";
import { anyOf } from "./rule.ts";

/** CLONE_VM FS FILES SIGHAND THREAD SYSVSEM SETTLS PARENT_SETTID CHILD_CLEARTID: a thread, no process. */
const THREAD_GLIBC = 0x3d0f00;
/** musl adds CLONE_DETACHED. */
const THREAD_MUSL = 0x7d0f00;
const PR_SET_NAME = 15;
const PR_SET_VMA = 0x53564d41;

export const engineCalls: readonly HostCall[] = [
  call("fstat", 5, "the C library and libuv look at files they open"),
  call(
    "mmap",
    9,
    "heap, thread stacks, compiled code (PROT_EXEC: the JIT); windows on slot memory",
  ),
  call("mprotect", 10, "heap and compiled code (PROT_EXEC: the JIT)"),
  call("munmap", 11, "heap, thread stacks"),
  call("brk", 12, "malloc"),
  call("rt_sigaction", 13, "abort(3); signals caught anew"),
  call("rt_sigprocmask", 14, "threads begin, abort(3)"),
  call("rt_sigreturn", 15, "the end of every signal handler"),
  call("readv", 19, "libuv's file reads"),
  call("writev", 20, "libuv's writes to streams: messages on stderr"),
  call("sched_yield", 24, "V8's locks"),
  call("mremap", 25, "realloc(3)"),
  call("madvise", 28, "V8 and malloc give pages back; thread stacks"),
  call("nanosleep", 35, "V8's worker threads"),
  call("clone", 56, "new threads of the engine, never processes", {
    allow: anyOf(0, [THREAD_GLIBC, THREAD_MUSL]),
  }),
  call("exit", 60, "threads end"),
  call("uname", 63, "libuv chooses its calls by the kernel's version"),
  call("readlink", 89, "libuv finds a terminal's name for messages on stderr"),
  call("getrusage", 98, "process.cpuUsage() of reports"),
  call("sysinfo", 99, "V8 sizes its heap"),
  call("getuid", 102, "the C library"),
  call("getgid", 104, "the C library"),
  call("geteuid", 107, "the C library"),
  call("getegid", 108, "the C library"),
  call("sigaltstack", 131, "V8's stack overflow checks"),
  call("sched_getparam", 143, "new threads inherit"),
  call("sched_getscheduler", 145, "new threads inherit"),
  call("prctl", 157, "names of threads and of memory", {
    allow: anyOf(0, [PR_SET_NAME, PR_SET_VMA]),
  }),
  call("gettid", 186, "threads and locks"),
  call("futex", 202, "locks; waking stubs"),
  call("sched_getaffinity", 204, "how many threads are worth it"),
  call("restart_syscall", 219, "the host restarts a sleep after a signal"),
  call("clock_getres", 229, "time without the vDSO"),
  call("clock_nanosleep", 230, "V8's worker threads"),
  call("exit_group", 231, "the end"),
  call("epoll_wait", 232, "the loop on hosts before Linux 5.11"),
  call("newfstatat", 262, "Node looks at files before it loads them"),
  call("set_robust_list", 273, "threads begin"),
  call("epoll_pwait", 281, "libuv's loop in the engine's threads"),
  call("getcpu", 309, "malloc and V8 without the vDSO"),
  call("membarrier", 324, "V8's code patching"),
  call("pkey_mprotect", 329, "V8 guards compiled code with a protection key where there are any"),
  call("rseq", 334, "threads begin"),
  // Its flags lie in memory, which no filter can check: the C library then falls back to clone.
  call("clone3", 435, "never; the C library asks first", { allow: [], refusal: ENOSYS }),
];
