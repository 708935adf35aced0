/*
 * waiting: for what stubs post and for the host's events, and the answers.
 *   - wait(): look for stub posts, spin a bounded time, then sleep in epoll;
 *   - await(): the bounded wait for one stub's answer to one command;
 *   - reply(): hand a slot back to its stub, waking it when it sleeps.
 */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../stub/layout.h"
#include "../stub/spin.h"
#include "gateway.h"

static struct kernel_page *kernel_page;  /* what stubs may read: sleeping flag, spin budget */
static int epoll_fd = -1;
static int doorbell_fd = -1;
/* What was learned of spinning, in wait() and in await(). */
static uint32_t wait_budget, await_budget; /* spin.h */
/* How often lately a post was there as soon as we slept: its guest had been waiting for our processor.
 * Linux sees one that runs at a time, and never gives the two a processor each. */
enum { SHARED_FOR_LONG = 64 };
static int turns_shared;
/* A window of accounting is so many ticks long: some 10 ms. */
#define WINDOW_TICKS 30000000ull

/* configure(epollFd, doorbellFd, kernelPageOffset) */
napi_value gw_configure(napi_env env, napi_callback_info info) {
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

/* Is the window over? The next one begins when somebody has looked at this one. */
static void account(struct wait_block *block, uint64_t now) {
  static uint64_t began;
  if (block->window_is_over) return;
  if (block->window_ticks == 0) {
    began = now;
    block->window_posts = block->window_sleeps = 0;
    block->window_spun = block->window_slept = 0;
  }
  block->window_ticks = (double)(now - began) + 1;
  if (now - began < WINDOW_TICKS) return;
  block->window_is_over = 1;
  block->cpu = sched_getcpu();
}

/*
 * wait(block): one turn of the loop, described by struct wait_block at that arena offset.
 * Returns the number of posted slots; block->events says how many host events came with them.
 */
napi_value gw_wait(napi_env env, napi_callback_info info) {
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
  uint32_t spins = 0;
  if (block->may_spin == MAY_SPIN) spins = spin_budget(&wait_budget, SPIN_MOST);
  else if (block->may_spin == SPIN_LONG) spins = SPIN_MOST;
  uint64_t since = spin_clock();
  account(block, since);
  for (uint32_t i = 0; i < spins && found == 0; i++) {
    spin_pause();
    found = scan(list, count, out, WAIT_POSTS);
    if (found != 0 && block->may_spin == MAY_SPIN) spin_came(&wait_budget, spins);
  }
  block->window_posts += found;
  block->window_spun += (double)(spin_clock() - since);
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
  block->window_sleeps += found == 0 && block->timeout_ns != 0;
  since = spin_clock();
  long n = syscall(SYS_epoll_pwait2, epoll_fd, events, WAIT_EVENTS, timeoutp, NULL, 8);
  if (n == -1 && errno == ENOSYS) {
    int ms = timeoutp == NULL ? -1 : (int)((timeout.tv_sec * 1000) + (timeout.tv_nsec + 999999) / 1000000);
    n = epoll_wait(epoll_fd, events, WAIT_EVENTS, ms);
  }
  block->window_slept += (double)(spin_clock() - since);
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
    block->window_posts += found;
    if (found != 0 && block->may_spin == MAY_SPIN) {
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
napi_value gw_await(napi_env env, napi_callback_info info) {
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
napi_value gw_reply(napi_env env, napi_callback_info info) {
  size_t argc = 1;
  napi_value argv[1];
  napi_get_cb_info(env, info, &argc, argv, NULL, NULL);
  struct slot *slot = (struct slot *)(arena + arg_int(env, argv[0]));
  __atomic_add_fetch(&slot->rep_seq, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&slot->waiting, __ATOMIC_SEQ_CST) != 0)
    syscall(SYS_futex, &slot->rep_seq, FUTEX_WAKE, 1, NULL, NULL, 0);
  return NULL;
}
