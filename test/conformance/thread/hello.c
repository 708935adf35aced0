/* thread: one thread is created, shares memory, and is joined.
 *
 * pthread_create(3): clone with CLONE_THREAD, a TLS block, and a futex to join on.
 */
// static
// flags: -pthread
#include "case.h"
#include <pthread.h>

static __thread int local = 5;
static int shared, other;

static void *body(void *argument) {
  local++;
  shared = local + *(int *)argument;
  other = getpid() != gettid();
  return &shared;
}

int main(void) {
  pthread_t thread;
  int argument = 10;
  void *result;
  show_error("create", pthread_create(&thread, NULL, body, &argument));
  show_error("join", pthread_join(thread, &result));
  check("result", result == &shared);
  check("it had another thread id", other);
  say("shared %d, our local %d", shared, local);
  return 0;
}
