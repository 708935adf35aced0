/* threads: making them, handing over between them, and locks that several want. */
#define _GNU_SOURCE
#include <pthread.h>
#include "timing.h"

enum { CONTENDERS = 4, LOCKS = 10000, HELD = 200 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;
static volatile long shared;

static void *nothing(void *unused) { return unused; }

static void run_create(long count) {
  for (pthread_t thread; count-- > 0;)
    NEED(pthread_create(&thread, NULL, nothing, NULL) == 0 && pthread_join(thread, NULL) == 0);
}

static void run_mutex(long count) {
  while (count-- > 0) {
    pthread_mutex_lock(&mutex);
    shared = shared + 1;
    pthread_mutex_unlock(&mutex);
  }
}

static void *contend(void *unused) {
  for (long i = 0; i < LOCKS / CONTENDERS; i++) {
    pthread_mutex_lock(&mutex);
    for (int step = 0; step < HELD; step++) shared = shared + 1;
    pthread_mutex_unlock(&mutex);
  }
  return unused;
}

/*
 * One operation is ten thousand locks by four threads, so that making the threads does not count; each
 * holds the lock long enough that the others want it.
 */
static void run_contended(long count) {
  pthread_t threads[CONTENDERS];
  for (; count > 0; count--) {
    long before = shared;
    for (int i = 0; i < CONTENDERS; i++)
      NEED(pthread_create(&threads[i], NULL, contend, NULL) == 0);
    for (int i = 0; i < CONTENDERS; i++) NEED(pthread_join(threads[i], NULL) == 0);
    NEED(shared - before == (long)LOCKS * HELD);
  }
}

static void take_turn(int mine, int theirs) {
  pthread_mutex_lock(&mutex);
  while (turn != mine) pthread_cond_wait(&changed, &mutex);
  turn = theirs;
  pthread_cond_signal(&changed);
  pthread_mutex_unlock(&mutex);
}

static void *answer(void *unused) {
  for (;;) take_turn(1, 0);
  return unused;
}

static void prepare_ping_pong(void) {
  pthread_t thread;
  NEED(pthread_create(&thread, NULL, answer, NULL) == 0);
}

static void run_ping_pong(long count) {
  while (count-- > 0) take_turn(0, 1);
}

static const struct operation operations[] = {
    {"thread-create-join", run_create, NULL, 0},
    {"mutex-uncontended", run_mutex, NULL, 0},
    {"mutex-contended", run_contended, NULL, 0},
    {"condition-ping-pong", run_ping_pong, prepare_ping_pong, 0},
    {0},
};

int main(int argc, char **argv) { return measure(operations, argc, argv); }
