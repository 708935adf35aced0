/* ipc: bytes and wake-ups between two processes, or of one process to itself. */
#define _GNU_SOURCE
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include "timing.h"

enum { CHUNK = 65536 };
static char buffer[CHUNK];
static int there[2], back[2], set;
static int *turn; /* shared with the partner: whose turn it is, 0 ours */

static void prepare_pipe(void) { NEED(pipe(there) == 0); }

static void run_pipe_self(long count) {
  while (count-- > 0) NEED(write(there[1], buffer, 1) == 1 && read(there[0], buffer, 1) == 1);
}

static void answer_pipe(void) {
  while (read(there[0], buffer, 1) == 1 && write(back[1], buffer, 1) == 1) continue;
}

static void prepare_pipe_ping_pong(void) {
  NEED(pipe(there) == 0 && pipe(back) == 0);
  with_partner(answer_pipe);
}

static void run_pipe_ping_pong(long count) {
  while (count-- > 0) NEED(write(there[1], buffer, 1) == 1 && read(back[0], buffer, 1) == 1);
}

static void drain_pipe(void) {
  while (read(there[0], buffer, CHUNK) > 0) continue;
}

static void prepare_pipe_stream(void) {
  NEED(pipe(there) == 0);
  with_partner(drain_pipe);
  close(there[0]);
}

static void run_pipe_stream(long count) {
  while (count-- > 0) NEED(write(there[1], buffer, CHUNK) == CHUNK);
}

static void prepare_eventfd(void) {
  NEED((there[0] = eventfd(0, 0)) >= 0 && (back[0] = eventfd(0, 0)) >= 0);
}

static void run_eventfd(long count) {
  eventfd_t value;
  while (count-- > 0) NEED(eventfd_write(there[0], 1) == 0 && eventfd_read(there[0], &value) == 0);
}

static void answer_eventfd(void) {
  eventfd_t value;
  while (eventfd_read(there[0], &value) == 0 && eventfd_write(back[0], 1) == 0) continue;
}

static void prepare_eventfd_ping_pong(void) {
  prepare_eventfd();
  with_partner(answer_eventfd);
}

static void run_eventfd_ping_pong(long count) {
  eventfd_t value;
  while (count-- > 0) NEED(eventfd_write(there[0], 1) == 0 && eventfd_read(back[0], &value) == 0);
}

static void prepare_epoll(void) {
  struct epoll_event event = {.events = EPOLLIN};
  prepare_eventfd();
  NEED((set = epoll_create1(0)) >= 0 && epoll_ctl(set, EPOLL_CTL_ADD, there[0], &event) == 0);
  NEED(eventfd_write(there[0], 1) == 0);
}

static void run_epoll_wait(long count) {
  struct epoll_event event;
  while (count-- > 0) NEED(epoll_wait(set, &event, 1, -1) == 1);
}

static void run_epoll_ctl(long count) {
  struct epoll_event event = {.events = EPOLLIN};
  while (count-- > 0) NEED(epoll_ctl(set, EPOLL_CTL_MOD, there[0], &event) == 0);
}

static void run_poll(long count) {
  struct pollfd one = {.fd = there[0], .events = POLLIN};
  while (count-- > 0) NEED(poll(&one, 1, -1) == 1);
}

static long futex(int operation, int value) {
  return syscall(SYS_futex, turn, operation, value, NULL, NULL, 0);
}

/* Waits until it is `mine`, and hands over. */
static void take_turn(int mine, int theirs) {
  for (int seen; (seen = __atomic_load_n(turn, __ATOMIC_ACQUIRE)) != mine;)
    futex(FUTEX_WAIT, seen);
  __atomic_store_n(turn, theirs, __ATOMIC_RELEASE);
  futex(FUTEX_WAKE, 1);
}

static void answer_futex(void) {
  for (;;) take_turn(1, 0);
}

static void prepare_futex(void) {
  turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  NEED(turn != MAP_FAILED);
}

static void prepare_futex_ping_pong(void) {
  prepare_futex();
  with_partner(answer_futex);
}

static void run_futex_ping_pong(long count) {
  while (count-- > 0) take_turn(0, 1);
}

static void run_futex_wake(long count) {
  while (count-- > 0) NEED(futex(FUTEX_WAKE, 1) == 0);
}

static const struct operation operations[] = {
    {"pipe-self", run_pipe_self, prepare_pipe, 0},
    {"pipe-ping-pong", run_pipe_ping_pong, prepare_pipe_ping_pong, 0},
    {"pipe-stream", run_pipe_stream, prepare_pipe_stream, CHUNK},
    {"eventfd", run_eventfd, prepare_eventfd, 0},
    {"eventfd-ping-pong", run_eventfd_ping_pong, prepare_eventfd_ping_pong, 0},
    {"epoll_wait", run_epoll_wait, prepare_epoll, 0},
    {"epoll_ctl", run_epoll_ctl, prepare_epoll, 0},
    {"poll", run_poll, prepare_epoll, 0},
    {"futex-wake", run_futex_wake, prepare_futex, 0},
    {"futex-ping-pong", run_futex_ping_pong, prepare_futex_ping_pong, 0},
    {0},
};

int main(int argc, char **argv) { return measure(operations, argc, argv); }
