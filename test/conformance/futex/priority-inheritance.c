/* futex: PI futexes hold the owner's thread id and detect deadlock.
 *
 * futex(2), "Priority-inheritance futexes"; pthread_mutexattr_setprotocol(3).
 */
// flags: -pthread
#include "case.h"
#include <linux/futex.h>
#include <pthread.h>

static pthread_mutex_t mutex;
static int word;
static long counter;
static long futex(int operation) { return syscall(SYS_futex, &word, operation, 0, NULL, NULL, 0); }

static void *work(void *unused) {
  for (int i = 0; i < 1000; i++) {
    pthread_mutex_lock(&mutex);
    counter++;
    pthread_mutex_unlock(&mutex);
  }
  return NULL;
}

static void *try_lock(void *unused) {
  return (void *)(long)(futex(FUTEX_TRYLOCK_PI_PRIVATE) == -1 ? errno : 0);
}

int main(void) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  show_error("PTHREAD_PRIO_INHERIT", pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT));
  show_error("init", pthread_mutex_init(&mutex, &attributes));
  pthread_t threads[4];
  for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, work, NULL);
  for (int i = 0; i < 4; i++) pthread_join(threads[i], NULL);
  show("counter", counter);
  show("FUTEX_LOCK_PI", futex(FUTEX_LOCK_PI_PRIVATE));
  check("the word holds our thread id", (word & FUTEX_TID_MASK) == gettid());
  show("lock again", futex(FUTEX_LOCK_PI_PRIVATE));
  pthread_create(&threads[0], NULL, try_lock, NULL);
  void *result;
  pthread_join(threads[0], &result);
  show_error("trylock by another thread", (long)result);
  show("FUTEX_UNLOCK_PI", futex(FUTEX_UNLOCK_PI_PRIVATE));
  show("the word", word);
  show("unlock again", futex(FUTEX_UNLOCK_PI_PRIVATE));
  word = 999999;
  show("an owner that does not exist", futex(FUTEX_LOCK_PI_PRIVATE));
  return 0;
}
