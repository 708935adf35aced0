/* futex: futex_waitv() waits for any of several words.
 *
 * futex_waitv(2), Documentation/userspace-api/futex2.rst.
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif
struct waiter { uint64_t value, address; uint32_t flags, reserved; };

static uint32_t words[3];
static struct waiter list[3];
static volatile pid_t tid;

static void *wait_(void *unused) {
  tid = gettid();
  return (void *)syscall(SYS_futex_waitv, list, 3, 0, NULL, CLOCK_MONOTONIC);
}

int main(void) {
  for (int i = 0; i < 3; i++) list[i] = (struct waiter){ 0, (uintptr_t)&words[i], 2 | 128, 0 };
  pthread_t thread;
  void *result;
  pthread_create(&thread, NULL, wait_, NULL);
  while (!tid) sched_yield();
  until_asleep(tid);
  show("wake the second", syscall(SYS_futex, &words[1], 1 | 128, 1, NULL, NULL, 0));
  pthread_join(thread, &result);
  show("the index of the woken word", (long)result);
  show("the others have no waiter", syscall(SYS_futex, &words[0], 1 | 128, 1, NULL, NULL, 0));
  words[2] = 1;
  show("a value differs", syscall(SYS_futex_waitv, list, 3, 0, NULL, 0));
  words[2] = 0;
  struct timespec past = { 1, 0 };
  show("deadline in the past", syscall(SYS_futex_waitv, list, 3, 0, &past, CLOCK_MONOTONIC));
  show("no words", syscall(SYS_futex_waitv, list, 0, 0, NULL, 0));
  show("too many words", syscall(SYS_futex_waitv, list, 129, 0, NULL, 0));
  show("flags", syscall(SYS_futex_waitv, list, 3, 1, NULL, 0));
  show("unknown clock", syscall(SYS_futex_waitv, list, 3, 0, &past, 9));
  show("bad list", syscall(SYS_futex_waitv, bad_pointer(), 3, 0, NULL, 0));
  list[0].flags = 128;
  show("unknown word size", syscall(SYS_futex_waitv, list, 3, 0, NULL, 0));
  return 0;
}
