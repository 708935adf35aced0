/* thread: 2000 short threads, joined or detached; join errors; stacks are given back.
 *
 * pthread_join(3), pthread_detach(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static int finished;
static void *count(void *argument) {
  __atomic_add_fetch(&finished, 1, __ATOMIC_SEQ_CST);
  return argument;
}
static void *join_main(void *main_thread) { return (void *)(long)pthread_join(*(pthread_t *)main_thread, NULL); }

int main(void) {
  pthread_t thread, self = pthread_self();
  long wrong = 0;
  void *result;
  for (long i = 0; i < 1000; i++) {
    wrong += pthread_create(&thread, NULL, count, (void *)i) != 0;
    wrong += pthread_join(thread, &result) != 0 || (long)result != i;
  }
  show("joined: wrong", wrong);
  for (int i = 0; i < 1000; i++) {
    while (pthread_create(&thread, NULL, count, NULL) == EAGAIN) sched_yield();
    pthread_detach(thread);
  }
  while (__atomic_load_n(&finished, __ATOMIC_SEQ_CST) < 2000) sched_yield();
  say("all 2000 ran");
  show_error("join ourselves", pthread_join(self, NULL));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  show_error("stack too small", pthread_attr_setstacksize(&attributes, 1000));
  must("setstacksize", pthread_attr_setstacksize(&attributes, 16384 * 4));
  pthread_create(&thread, &attributes, join_main, &self);
  pthread_detach(thread);
  pthread_create(&thread, NULL, count, NULL);
  while (__atomic_load_n(&finished, __ATOMIC_SEQ_CST) < 2001) sched_yield();
  char status[4096];
  for (const char *threads = ""; strncmp(threads, "2\n", 2);) {
    threads = strstr(slurp("/proc/self/status", status, sizeof status), "\nThreads:\t") + 10;
    sched_yield();
  }
  say("only the joiner and we are left");
  return 0;
}
