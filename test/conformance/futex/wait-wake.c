/* futex: FUTEX_WAIT sleeps only while the word has the expected value; FUTEX_WAKE counts the woken.
 *
 * futex(2).
 */
// flags: -pthread
#include "case.h"
#include <linux/futex.h>
#include <pthread.h>

static int word;
static volatile pid_t tids[4];
static long futex(int *address, int operation, int value, const struct timespec *timeout) {
  return syscall(SYS_futex, address, operation, value, timeout, NULL, 0);
}

static void *waiter(void *index) {
  tids[(long)index] = gettid();
  return (void *)futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL);
}

int main(void) {
  pthread_t threads[4];
  struct timespec soon = { 0, 5000000 }, bad = { 0, 1000000000 };
  show("value differs", futex(&word, FUTEX_WAIT, 1, NULL));
  show("times out", futex(&word, FUTEX_WAIT, 0, &soon));
  show("bad time", futex(&word, FUTEX_WAIT, 0, &bad));
  show("unaligned", futex((int *)((char *)&word + 1), FUTEX_WAIT, 0, &soon));
  show("bad address", futex(bad_pointer(), FUTEX_WAIT, 0, &soon));
  show("bad time pointer", futex(&word, FUTEX_WAIT, 0, bad_pointer()));
  show("unknown operation", futex(&word, 99, 0, NULL));
  show("nobody to wake", futex(&word, FUTEX_WAKE, 1, NULL));
  show("wake at a bad address, private", futex(bad_pointer(), FUTEX_WAKE_PRIVATE, 1, NULL));
  show("wake at a bad address, shared", futex(bad_pointer(), FUTEX_WAKE, 1, NULL));
  for (long i = 0; i < 4; i++) pthread_create(&threads[i], NULL, waiter, (void *)i);
  for (int i = 0; i < 4; i++) {
    while (!tids[i]) sched_yield();
    until_asleep(tids[i]);
  }
  show("wake 1", futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL));
  show("wake 2", futex(&word, FUTEX_WAKE_PRIVATE, 2, NULL));
  show("wake all", futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL));
  show("nobody left", futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL));
  for (int i = 0; i < 4; i++) {
    void *result;
    pthread_join(threads[i], &result);
    show("waiter's result", (long)result);
  }
  return 0;
}
