/* thread: cancellation interrupts blocked calls, runs cleanup handlers, and can be deferred.
 *
 * pthread_cancel(3), pthreads(7).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static int ends[2], cleaned;
static volatile pid_t tid;
static struct gate go;

static void clean(void *unused) { cleaned++; }

static void *reader(void *unused) {
  char byte;
  pthread_cleanup_push(clean, NULL);
  tid = gettid();
  if (read(ends[0], &byte, 1) == 1) say("must not read");
  pthread_cleanup_pop(0);
  return NULL;
}

static void *stubborn(void *unused) {
  pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
  gate_wait(go);
  say("disabled: still here");
  pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
  pthread_testcancel();
  say("must not get here");
  return NULL;
}

static void *spinner(void *unused) {
  pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
  tid = gettid();
  while (hidden(1)) {}
  return NULL;
}

int main(void) {
  pthread_t thread;
  void *result;
  must("pipe", pipe(ends));
  go = gate_make();
  pthread_create(&thread, NULL, reader, NULL);
  while (!tid) sched_yield();
  until_asleep(tid);
  show_error("cancel a blocked reader", pthread_cancel(thread));
  pthread_join(thread, &result);
  say("PTHREAD_CANCELED %d, cleaned %d", result == PTHREAD_CANCELED, cleaned);
  pthread_create(&thread, NULL, stubborn, NULL);
  pthread_cancel(thread);
  gate_open(go);
  pthread_join(thread, &result);
  check("canceled at the test point", result == PTHREAD_CANCELED);
  tid = 0;
  pthread_create(&thread, NULL, spinner, NULL);
  while (!tid) sched_yield();
  pthread_cancel(thread);
  pthread_join(thread, &result);
  check("asynchronous cancellation", result == PTHREAD_CANCELED);
  must("write", write(ends[1], "x", 1));
  char byte;
  show("nobody stole the byte", read(ends[0], &byte, 1));
  return 0;
}
