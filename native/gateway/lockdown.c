/*
 * lockdown: what the lock-down needs beyond sys(): calls that every thread of the process must make, and
 * a clear end when one makes a call that it must not.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <linux/futex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "gateway.h"

/* Capabilities and Landlock domains belong to threads, and Node has several before we run. The signal
 * is the one that the C library keeps for this very purpose (setuid(2) on all threads), because it
 * lets no thread block it; hence the raw sigaction, and the old handler put back. */
enum { SIG_SWEEP = 33, MOST_THREADS = 256, MOST_CALLS = 4, SWEEP_PATIENCE_MS = 1000 };
static struct {
  long calls[MOST_CALLS][4];
  uint32_t call_count;
  long worst; /* the last -errno that any thread met */
  pid_t tids[MOST_THREADS];
  int done[MOST_THREADS];
  int count;
  int turns; /* counts handlers that ran: a futex */
} sweep;

static void make_calls(void) {
  for (uint32_t i = 0; i < sweep.call_count; i++) {
    const long *a = sweep.calls[i];
    long rc = result(syscall(a[0], a[1], a[2], a[3], 0, 0, 0));
    if (rc < 0) __atomic_store_n(&sweep.worst, rc, __ATOMIC_SEQ_CST);
  }
}

static void on_sweep(int number) {
  (void)number;
  int saved = errno;
  pid_t self = (pid_t)syscall(SYS_gettid);
  for (int i = 0; i < sweep.count; i++) {
    if (sweep.tids[i] != self || sweep.done[i]) continue;
    make_calls();
    __atomic_store_n(&sweep.done[i], 1, __ATOMIC_SEQ_CST);
  }
  __atomic_add_fetch(&sweep.turns, 1, __ATOMIC_SEQ_CST);
  syscall(SYS_futex, &sweep.turns, FUTEX_WAKE, 1, NULL, NULL, 0);
  errno = saved;
}

__attribute__((naked)) static void sweep_restorer(void) {
#if defined(__x86_64__)
  __asm__("mov $15, %eax\n\tsyscall");
#elif defined(__aarch64__)
  __asm__("mov x8, #139\n\tsvc #0");
#endif
}

/* Ask every thread that is not known yet; how many there were, or -errno. */
static int sweep_newcomers(pid_t pid, pid_t self) {
  DIR *tasks = opendir("/proc/self/task");
  if (tasks == NULL) return -errno;
  int found = 0;
  for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
    pid_t tid = atoi(entry->d_name);
    int known = tid <= 0 || tid == self;
    for (int i = 0; i < sweep.count; i++) known |= sweep.tids[i] == tid;
    if (known || sweep.count == MOST_THREADS) continue;
    int at = sweep.count;
    sweep.tids[at] = tid;
    __atomic_store_n(&sweep.count, at + 1, __ATOMIC_SEQ_CST); /* the handler may run at once */
    if (syscall(SYS_tgkill, pid, tid, SIG_SWEEP) != 0) sweep.done[at] = 1; /* gone already */
    found++;
  }
  closedir(tasks);
  return sweep.count == MOST_THREADS ? -E2BIG : found;
}

/* Sleep, rather than spin, until all have done it: they need this processor. */
static int await_sweep(pid_t pid) {
  uint64_t deadline = now_ns() + SWEEP_PATIENCE_MS * 1000000ull;
  for (;;) {
    int seen = __atomic_load_n(&sweep.turns, __ATOMIC_SEQ_CST), left = 0;
    for (int i = 0; i < sweep.count; i++)
      left += !__atomic_load_n(&sweep.done[i], __ATOMIC_SEQ_CST) &&
              syscall(SYS_tgkill, pid, sweep.tids[i], 0) == 0;
    if (left == 0) return 0;
    if (now_ns() > deadline) return -ETIMEDOUT;
    struct timespec nap = {0, 10000000};
    syscall(SYS_futex, &sweep.turns, FUTEX_WAIT, seen, &nap, NULL, 0);
  }
}

/* everywhere([nr, a, b, c, …]): these host calls, made by every thread of this process; 0 or -errno. */
napi_value gw_everywhere(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  uint32_t length = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_get_array_length(env, argv[0], &length);
  memset(&sweep, 0, sizeof sweep);
  for (uint32_t i = 0; i < length && i < 4 * MOST_CALLS; i++) {
    napi_value item;
    napi_get_element(env, argv[0], i, &item);
    sweep.calls[i / 4][i % 4] = arg_int(env, item);
    sweep.call_count = i / 4 + 1;
  }
  struct { void (*handler)(int); unsigned long flags; void (*restorer)(void); uint64_t mask; }
      ours = {on_sweep, SA_RESTART | 0x04000000ul /* SA_RESTORER */, sweep_restorer, 0}, before;
  long rc = result(syscall(SYS_rt_sigaction, SIG_SWEEP, &ours, &before, 8));
  pid_t pid = getpid(), self = (pid_t)syscall(SYS_gettid);
  /* A thread that was not asked yet may have begun another meanwhile: until nobody is new. */
  for (int found = 1; found > 0 && rc == 0;) {
    found = sweep_newcomers(pid, self);
    rc = found < 0 ? found : await_sweep(pid);
  }
  if (rc == 0) make_calls();
  syscall(SYS_rt_sigaction, SIG_SWEEP, &before, NULL, 8);
  return number(env, (double)(rc < 0 ? rc : sweep.worst));
}

static int violations_only_reported;

/* A host call that no row of the lock-down tables allows. It has not been made. */
static void on_violation(int signo, siginfo_t *info, void *context) {
  char line[128];
  int saved = errno;
  int length = snprintf(line, sizeof line,
                        "tvisor: the kernel process made a host call it must not make: nr %d\n",
                        info->si_syscall);
  (void)!write(2, line, (size_t)length);
  if (!violations_only_reported) syscall(SYS_exit_group, 128 + signo);
#if defined(__x86_64__)
  ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = -ENOSYS;
#elif defined(__aarch64__)
  ((ucontext_t *)context)->uc_mcontext.regs[0] = (uint64_t)-ENOSYS;
#endif
  errno = saved;
}

/* catchViolations(reportOnly): say a line when the filter traps, and end the process unless told. */
napi_value gw_catch_violations(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  violations_only_reported = (int)arg_int(env, argv[0]);
  struct sigaction action = {0};
  action.sa_sigaction = on_violation;
  action.sa_flags = SA_SIGINFO;
  return small(env, sigaction(SIGSYS, &action, NULL) == 0 ? 0 : -errno);
}
