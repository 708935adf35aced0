/*
 * gateway: the one N-API addon, the only native code in the kernel process.
 *
 * It carries and does not decide. TypeScript (src/host/) owns every policy; this file gives it
 *   - one arena: reserved addresses that JavaScript sees as one ArrayBuffer, to map shared memory in;
 *   - sys(): a raw host system call with number arguments (pointers are arena addresses);
 *   - wait(): look for stub posts, spin a bounded time, then sleep in epoll;
 *   - await(): the bounded wait for one stub's answer to one command;
 *   - reply(): hand a slot back to its stub, waking it when it sleeps;
 *   - spawn(): start the warden process (vfork-like, before the kernel process locks itself down);
 *   - catchSignals(): turn chosen signals of this process into bytes on a pipe;
 *   - everywhere(), catchViolations(), exit(): what the lock-down needs beyond sys().
 * Layout of the shared memory: stub/layout.h. Memory shared with stubs is hostile: it is read
 * once, into locals, and no index taken from it is used unmasked.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <node_api.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "stub/layout.h"
#include "stub/spin.h"

static uint8_t *arena;          /* the reserved range; set once by open() */
static size_t arena_size;
static struct kernel_page *kernel_page;  /* what stubs may read: sleeping flag, spin budget */
static int epoll_fd = -1;
static int doorbell_fd = -1;
/* What was learned of spinning, in wait() and in await(). */
static uint32_t wait_budget, await_budget; /* spin.h */
/* How often lately a post was there as soon as we slept: its guest had been waiting for our processor.
 * Linux sees one that runs at a time, and never gives the two a processor each. */
enum { SHARED_FOR_LONG = 64 };
static int turns_shared;

/* ---- small N-API helpers ------------------------------------------------------------------ */

static double arg_double(napi_env env, napi_value value) {
  double out = 0;
  napi_get_value_double(env, value, &out);
  return out;
}

static int64_t arg_int(napi_env env, napi_value value) {
  int64_t out = 0;
  napi_get_value_int64(env, value, &out);
  return out;
}

static napi_value number(napi_env env, double value) {
  napi_value out;
  napi_create_double(env, value, &out);
  return out;
}

static napi_value small(napi_env env, int32_t value) {
  napi_value out;
  napi_create_int32(env, value, &out);
  return out;
}

static uint64_t now_ns(void) {
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

/* A C call's result in the kernel's form: the value, or -errno. */
static long result(long rc) { return rc == -1 ? -errno : rc; }

/* ---- arena -------------------------------------------------------------------------------- */

/*
 * V8 counts the bytes of a foreign buffer as memory that a collection could free, and collects at once
 * when there are gigabytes of them, reserved or not: that is a tenth of the start. It does not count a
 * buffer whose deleter is its own empty one, which Node-API cannot ask for; so this asks V8 itself, in
 * the one major version whose calling convention for these functions is known (the one that package.json
 * pins), and Node-API otherwise.
 */
enum { KNOWN_NODE = 24 };
typedef void v8_deleter(void *data, size_t length, void *hint);
extern void v8_new_backing_store(void **unique, void *data, size_t length, v8_deleter *, void *hint)
    __asm__("_ZN2v811ArrayBuffer15NewBackingStoreEPvmPFvS1_mS1_ES1_") __attribute__((weak));
extern v8_deleter v8_empty_deleter __asm__("_ZN2v812BackingStore12EmptyDeleterEPvmS1_")
    __attribute__((weak));
extern napi_value v8_new_array_buffer(void *isolate, void *shared[2])
    __asm__("_ZN2v811ArrayBuffer3NewEPNS_7IsolateESt10shared_ptrINS_12BackingStoreEE")
    __attribute__((weak));
extern void *v8_current_isolate(void) __asm__("_ZN2v87Isolate10GetCurrentEv") __attribute__((weak));

static napi_status wrap_arena(napi_env env, napi_value *buffer) {
  const napi_node_version *node;
  int is_known = napi_get_node_version(env, &node) == napi_ok && node->major == KNOWN_NODE;
  if (!is_known || !v8_new_backing_store || !v8_empty_deleter || !v8_new_array_buffer || !v8_current_isolate)
    return napi_create_external_arraybuffer(env, arena, arena_size, NULL, NULL, buffer);
  /* A shared_ptr without a count: nobody ever frees the store, as nobody frees the arena. */
  void *shared[2] = {NULL, NULL};
  v8_new_backing_store(&shared[0], arena, arena_size, v8_empty_deleter, NULL);
  *buffer = v8_new_array_buffer(v8_current_isolate(), shared);
  return napi_ok;
}

/* open(size): reserve the arena. Returns [ArrayBuffer, base address]. */
static napi_value gw_open(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1], buffer, pair;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  if (arena != NULL) {
    napi_throw_error(env, NULL, "gateway: the arena is already open");
    return NULL;
  }
  arena_size = (size_t)arg_double(env, argv[0]);
  void *at = mmap(NULL, arena_size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (at == MAP_FAILED) {
    napi_throw_error(env, NULL, "gateway: cannot reserve address space for the arena");
    return NULL;
  }
  arena = at;
  if (wrap_arena(env, &buffer) != napi_ok) {
    napi_throw_error(env, NULL, "gateway: this Node cannot wrap foreign memory");
    return NULL;
  }
  napi_create_array_with_length(env, 2, &pair);
  napi_set_element(env, pair, 0, buffer);
  napi_set_element(env, pair, 1, number(env, (double)(uintptr_t)arena));
  return pair;
}

/* sys(nr, a, b, c, d, e, f): a raw system call; -errno on failure. */
static napi_value gw_sys(napi_env env, napi_callback_info info) {
  size_t argc = 7;
  napi_value argv[7];
  long a[7] = {0};
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  for (size_t i = 0; i < argc && i < 7; i++) a[i] = arg_int(env, argv[i]);
  long rc = syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
  if (rc == -1) rc = -errno;
  return number(env, (double)rc);
}

/* ---- waiting for stubs and the host ------------------------------------------------------- */

/* configure(epollFd, doorbellFd, kernelPageOffset) */
static napi_value gw_configure(napi_env env, napi_callback_info info) {
  size_t argc = 3;
  napi_value argv[3];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  epoll_fd = (int)arg_int(env, argv[0]);
  doorbell_fd = (int)arg_int(env, argv[1]);
  kernel_page = (struct kernel_page *)(arena + arg_int(env, argv[2]));
  return NULL;
}

/*
 * Collect posted slots of the spaces in list[0..count): arena offsets of their slot memory. Writes
 * (space index, slot) pairs to out. What a stub says is only "look here": bits are masked by shape.
 * Each scan begins one space further: one that posts nonsense without end cannot starve the others.
 */
static int scan(const double *list, int count, int32_t *out, int max) {
  static unsigned turn;
  int found = 0;
  unsigned first = count > 0 ? turn++ % (unsigned)count : 0;
  for (int n = 0; n < count; n++) {
    int i = (int)((first + (unsigned)n) % (unsigned)count);
    struct space_header *space = (struct space_header *)(arena + (size_t)list[i]);
    if (__atomic_load_n(&space->summary, __ATOMIC_RELAXED) == 0) continue;
    uint64_t summary = __atomic_exchange_n(&space->summary, 0, __ATOMIC_SEQ_CST);
    while (summary != 0) {
      int word = __builtin_ctzll(summary);
      summary &= summary - 1;
      uint64_t bits = __atomic_exchange_n(&space->pending[word], 0, __ATOMIC_SEQ_CST);
      while (bits != 0) {
        int bit = __builtin_ctzll(bits);
        if (found == max) { /* no room: leave the rest posted for the next scan */
          __atomic_or_fetch(&space->pending[word], bits, __ATOMIC_SEQ_CST);
          __atomic_or_fetch(&space->summary, summary | (1ull << word), __ATOMIC_SEQ_CST);
          return found;
        }
        bits &= bits - 1;
        out[2 * found] = i;
        out[2 * found + 1] = word * 64 + bit;
        found++;
      }
    }
  }
  return found;
}

/*
 * wait(block): one turn of the loop, described by struct wait_block at that arena offset.
 * Returns the number of posted slots; block->events says how many host events came with them.
 */
static napi_value gw_wait(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  struct wait_block *block = (struct wait_block *)(arena + arg_int(env, argv[0]));
  const double *list = block->spaces;
  int count = block->space_count;
  int32_t *out = block->posts;
  block->events = 0;
  block->shared_cpu = 0;

  int found = scan(list, count, out, WAIT_POSTS);
  uint32_t spins = block->may_spin ? spin_budget(&wait_budget, SPIN_MOST) : 0;
  for (uint32_t i = 0; i < spins && found == 0; i++) {
    spin_pause();
    found = scan(list, count, out, WAIT_POSTS);
    if (found != 0) spin_came(&wait_budget, spins);
  }
  if ((found != 0 || block->timeout_ns == 0) && !block->poll_host) return small(env, found);

  struct timespec timeout = {0, 0};
  struct timespec *timeoutp = &timeout;
  if (found == 0) {
    __atomic_store_n(&kernel_page->sleeping, 1, __ATOMIC_SEQ_CST);
    found = scan(list, count, out, WAIT_POSTS);
    if (found == 0) {
      if (block->timeout_ns < 0) timeoutp = NULL;
      else {
        timeout.tv_sec = (time_t)(block->timeout_ns / 1e9);
        timeout.tv_nsec = (long)(block->timeout_ns - (double)timeout.tv_sec * 1e9);
      }
    }
  }
  struct epoll_event events[WAIT_EVENTS];
  uint64_t since = spin_clock();
  long n = syscall(SYS_epoll_pwait2, epoll_fd, events, WAIT_EVENTS, timeoutp, NULL, 8);
  if (n == -1 && errno == ENOSYS) {
    int ms = timeoutp == NULL ? -1 : (int)((timeout.tv_sec * 1000) + (timeout.tv_nsec + 999999) / 1000000);
    n = epoll_wait(epoll_fd, events, WAIT_EVENTS, ms);
  }
  __atomic_store_n(&kernel_page->sleeping, 0, __ATOMIC_SEQ_CST);
  for (long i = 0; i < n; i++) {
    if (events[i].data.fd == doorbell_fd) {
      uint64_t rings;
      (void)!read(doorbell_fd, &rings, sizeof rings);
      continue;
    }
    block->event_fd[block->events] = events[i].data.fd;
    block->event_mask[block->events] = (int32_t)events[i].events;
    block->events++;
  }
  if (found == 0) {
    found = scan(list, count, out, WAIT_POSTS);
    if (found != 0 && spins != 0) {
      uint64_t ticks = spin_clock() - since;
      spin_slept(&wait_budget, spins, ticks);
      turns_shared = ticks < SPIN_READY ? turns_shared + 1 : turns_shared / 2;
    }
  }
  if (turns_shared >= SHARED_FOR_LONG) {
    turns_shared = 0;
    block->shared_cpu = sched_getcpu() + 1;
  }
  return small(env, found);
}

/*
 * await(slotOffset, sequence, timeoutMs, pidfd): wait until the slot's request sequence differs from
 * `sequence`, spinning first, then sleeping on the doorbell. 0 when it came, -ESRCH if the process
 * behind pidfd died first, -ETIMEDOUT if the time is over. A pidfd of -1 is not watched.
 * The post stays in the pending bits; wait() will report it again and the caller ignores it there.
 */
static napi_value gw_await(napi_env env, napi_callback_info info) {
  size_t argc = 4;
  napi_value argv[4];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  struct slot *slot = (struct slot *)(arena + arg_int(env, argv[0]));
  uint32_t seen = (uint32_t)arg_int(env, argv[1]);
  uint64_t deadline = now_ns() + (uint64_t)arg_int(env, argv[2]) * 1000000u;
  int pidfd = (int)arg_int(env, argv[3]);
  uint32_t spins = spin_budget(&await_budget, kernel_page->spins);
  for (uint32_t i = 0; i < spins; i++) {
    if (__atomic_load_n(&slot->req_seq, __ATOMIC_ACQUIRE) != seen) {
      spin_came(&await_budget, spins);
      return small(env, 0);
    }
    spin_pause();
  }
  int rc = 0;
  uint64_t since = spin_clock();
  while (__atomic_load_n(&slot->req_seq, __ATOMIC_ACQUIRE) == seen) {
    if (now_ns() >= deadline) {
      rc = -ETIMEDOUT;
      break;
    }
    __atomic_store_n(&kernel_page->sleeping, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&slot->req_seq, __ATOMIC_SEQ_CST) != seen) break;
    /* Any stub may ring; who rang is known only by looking. The nap bounds a lost ring. */
    struct pollfd watch[2] = {{.fd = doorbell_fd, .events = POLLIN}, {.fd = pidfd, .events = POLLIN}};
    if (poll(watch, 2, 10) <= 0) continue;
    if (watch[0].revents != 0) {
      uint64_t rings;
      (void)!read(doorbell_fd, &rings, sizeof rings);
    } else if (__atomic_load_n(&slot->req_seq, __ATOMIC_SEQ_CST) == seen) {
      rc = -ESRCH;
      break;
    }
  }
  __atomic_store_n(&kernel_page->sleeping, 0, __ATOMIC_SEQ_CST);
  spin_slept(&await_budget, spins, spin_clock() - since);
  return small(env, rc);
}

/* reply(slotOffset): publish what TypeScript wrote in the slot and wake its thread if it sleeps. */
static napi_value gw_reply(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  struct slot *slot = (struct slot *)(arena + arg_int(env, argv[0]));
  __atomic_add_fetch(&slot->rep_seq, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&slot->waiting, __ATOMIC_SEQ_CST) != 0)
    syscall(SYS_futex, &slot->rep_seq, FUTEX_WAKE, 1, NULL, NULL, 0);
  return NULL;
}

/* ---- starting the warden ------------------------------------------------------------------ */

/*
 * spawn(path, [descriptor, …]): run `path` with those descriptors as 3, 4, 5 … and nothing else
 * open but 0-2 on /dev/null. Returns the pid or -errno.
 */
static napi_value gw_spawn(napi_env env, napi_callback_info info) {
  enum { MOST = 16, PARKED_FROM = 200 };
  size_t argc = 3;
  napi_value argv[3];
  char path[4096], arg[256];
  size_t length;
  uint32_t count = 0;
  int from[MOST];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  napi_get_value_string_latin1(env, argv[0], path, sizeof path, &length);
  napi_get_array_length(env, argv[1], &count);
  napi_get_value_string_latin1(env, argv[2], arg, sizeof arg, &length);
  if (count > MOST) count = MOST;
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    napi_get_element(env, argv[1], i, &item);
    from[i] = (int)arg_int(env, item);
  }
  /* vfork: a copy of Node's page tables would cost a millisecond. The child borrows this stack, so
   * it makes plain system calls only, and signals stay blocked until their handlers are gone. */
  sigset_t all, before, none;
  sigfillset(&all);
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  int parked[MOST];
  pid_t pid = vfork();
  if (pid == 0) {
    for (int s = 1; s < 65; s++) signal(s, SIG_DFL);
    for (uint32_t i = 0; i < count; i++) {
      parked[i] = fcntl(from[i], F_DUPFD, PARKED_FROM);
      if (parked[i] < 0) _exit(126);
    }
    int null = open("/dev/null", O_RDWR);
    if (null < 0) _exit(126);
    for (int i = 0; i < 3; i++) dup2(null, i);
    for (uint32_t i = 0; i < count; i++)
      if (dup2(parked[i], 3 + (int)i) < 0) _exit(126);
    syscall(SYS_close_range, 3 + count, ~0u, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    char *const args[] = {path, arg, NULL};
    /* The warden's memory becomes the guest's: its libc must not leave a restartable-sequence area
     * registered, which the host would write to after it is unmapped. */
    char *const environment[] = {"GLIBC_TUNABLES=glibc.pthread.rseq=0", NULL};
    execve(path, args, environment);
    _exit(127);
  }
  long rc = result(pid);
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  return number(env, (double)rc);
}

/* ---- signals of the kernel process -------------------------------------------------------- */

static int signal_pipe = -1;

static void on_signal(int number) {
  int saved = errno;
  uint8_t byte = (uint8_t)number;
  (void)!write(signal_pipe, &byte, 1);
  errno = saved;
}

/* catchSignals(fd, [signal, …]): write each arriving signal's number as one byte to fd. */
static napi_value gw_catch_signals(napi_env env, napi_callback_info info) {
  size_t argc = 2;
  napi_value argv[2];
  uint32_t count = 0;
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  signal_pipe = (int)arg_int(env, argv[0]);
  napi_get_array_length(env, argv[1], &count);
  for (uint32_t i = 0; i < count; i++) {
    napi_value item;
    napi_get_element(env, argv[1], i, &item);
    struct sigaction action = {0};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigaction((int)arg_int(env, item), &action, NULL);
  }
  return NULL;
}

/* ---- lock-down ---------------------------------------------------------------------------- */

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
static napi_value gw_everywhere(napi_env env, napi_callback_info info) {
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
static napi_value gw_catch_violations(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  violations_only_reported = (int)arg_int(env, argv[0]);
  struct sigaction action = {0};
  action.sa_sigaction = on_violation;
  action.sa_flags = SA_SIGINFO;
  return small(env, sigaction(SIGSYS, &action, NULL) == 0 ? 0 : -errno);
}

/* exit(code): end the process at once, without Node's teardown. */
static napi_value gw_exit(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  syscall(SYS_exit_group, arg_int(env, argv[0]));
  return NULL;
}

/* cpus(): the numbers of the processors that this process may run on. */
static napi_value gw_cpus(napi_env env, napi_callback_info info) {
  (void)info;
  cpu_set_t set;
  CPU_ZERO(&set);
  if (sched_getaffinity(0, sizeof set, &set) != 0) CPU_SET(0, &set);
  napi_value list;
  uint32_t count = 0;
  napi_create_array(env, &list);
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &set)) napi_set_element(env, list, count++, small(env, cpu));
  return list;
}

/* monotonic(): CLOCK_MONOTONIC in nanoseconds, by the vDSO (exact below 2^53 ns, 104 days). */
static napi_value gw_monotonic(napi_env env, napi_callback_info info) {
  (void)info;
  return number(env, (double)now_ns());
}

/* realtime(at): the wall clock, as seconds and nanoseconds, two doubles at that arena offset. */
static napi_value gw_realtime(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  double *out = (double *)(arena + arg_int(env, argv[0]));
  out[0] = (double)ts.tv_sec;
  out[1] = (double)ts.tv_nsec;
  return NULL;
}

static void export_function(napi_env env, napi_value exports, const char *name, napi_callback fn) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, fn, NULL, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  export_function(env, exports, "open", gw_open);
  export_function(env, exports, "sys", gw_sys);
  export_function(env, exports, "configure", gw_configure);
  export_function(env, exports, "wait", gw_wait);
  export_function(env, exports, "await", gw_await);
  export_function(env, exports, "reply", gw_reply);
  export_function(env, exports, "spawn", gw_spawn);
  export_function(env, exports, "catchSignals", gw_catch_signals);
  export_function(env, exports, "everywhere", gw_everywhere);
  export_function(env, exports, "catchViolations", gw_catch_violations);
  export_function(env, exports, "exit", gw_exit);
  export_function(env, exports, "cpus", gw_cpus);
  export_function(env, exports, "monotonic", gw_monotonic);
  export_function(env, exports, "realtime", gw_realtime);
  return exports;
}
