/* futex: bitsets choose waiters; CMP_REQUEUE moves them to another word; WAKE_OP does both.
 *
 * futex(2).
 */
// flags: -pthread
#include "case.h"
#include <linux/futex.h>
#include <pthread.h>

static int first, second;
static volatile pid_t tids[4];
static volatile int woken;
static long futex(int *address, int operation, int value, long value2, int *address2, int value3) {
  return syscall(SYS_futex, address, operation, value, value2, address2, value3);
}

static void *waiter(void *index) {
  long i = (long)index;
  tids[i] = gettid();
  futex(&first, FUTEX_WAIT_BITSET_PRIVATE, 0, 0, NULL, 1 << i);
  __atomic_or_fetch(&woken, 1 << i, __ATOMIC_SEQ_CST);
  return NULL;
}

int main(void) {
  pthread_t threads[4];
  for (long i = 0; i < 4; i++) {
    pthread_create(&threads[i], NULL, waiter, (void *)i);
    while (!tids[i]) sched_yield();
    until_asleep(tids[i]);
  }
  show("bitset of nobody", futex(&first, FUTEX_WAKE_BITSET_PRIVATE, 100, 0, NULL, 0x100));
  show("bitset of the third", futex(&first, FUTEX_WAKE_BITSET_PRIVATE, 100, 0, NULL, 4));
  pthread_join(threads[2], NULL);
  show("woken", woken);
  show("empty bitset", futex(&first, FUTEX_WAKE_BITSET_PRIVATE, 1, 0, NULL, 0));
  show("empty wait bitset", futex(&first, FUTEX_WAIT_BITSET_PRIVATE, 0, 0, NULL, 0));
  show("cmp_requeue, value differs", futex(&first, FUTEX_CMP_REQUEUE_PRIVATE, 1, 100, &second, 5));
  show("cmp_requeue: wakes 1, moves 1", futex(&first, FUTEX_CMP_REQUEUE_PRIVATE, 1, 1, &second, 0));
  show("one is left on the first", futex(&first, FUTEX_WAKE_PRIVATE, 100, 0, NULL, 0));
  show("one is on the second", futex(&second, FUTEX_WAKE_PRIVATE, 100, 0, NULL, 0));
  for (int i = 0; i < 4; i++)
    if (i != 2) pthread_join(threads[i], NULL);
  show("woken", woken);
  second = 10;
  int add_3_if_10 = FUTEX_OP(FUTEX_OP_ADD, 3, FUTEX_OP_CMP_EQ, 10);
  show("wake_op without waiters", futex(&first, FUTEX_WAKE_OP_PRIVATE, 1, 1, &second, add_3_if_10));
  show("did its addition", second);
  show("wake_op xor", futex(&first, FUTEX_WAKE_OP_PRIVATE, 1, 1, &second,
      FUTEX_OP(FUTEX_OP_XOR, 7, FUTEX_OP_CMP_GT, 0)));
  show("result", second);
  show("negative requeue count", futex(&first, FUTEX_CMP_REQUEUE_PRIVATE, 1, -1, &second, 0));
  show("wait_bitset absolute in the past", syscall(SYS_futex, &first, FUTEX_WAIT_BITSET_PRIVATE | FUTEX_CLOCK_REALTIME,
      0,
                                                   &(struct timespec){ 1, 0 }, NULL, FUTEX_BITSET_MATCH_ANY));
  return 0;
}
