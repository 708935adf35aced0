/* thread: fork() copies only the calling thread; others are gone in the child.
 *
 * fork(2), pthread_atfork(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static struct gate done;
static char order[16];
static void before(void) { strcat(order, "b"); }
static void parent_side(void) { strcat(order, "p"); }
static void child_side(void) { strcat(order, "c"); }

static void *sleeper(void *unused) {
  gate_wait(done);
  return NULL;
}

static void *forker(void *unused) {
  pid_t child = spawn();
  if (child == 0) {
    char status[4096];
    say("child: order %s", order);
    check("the only thread", strstr(slurp("/proc/self/status", status, sizeof status), "\nThreads:\t1\n") != NULL);
    check("it is the main thread now", gettid() == getpid());
    pthread_t thread;
    done = gate_make(); /* the old one is shared with the parent */
    show_error("it can make threads", pthread_create(&thread, NULL, sleeper, NULL));
    gate_open(done);
    show_error("and join them", pthread_join(thread, NULL));
    _exit(3);
  }
  reap("child", child);
  return NULL;
}

int main(void) {
  pthread_t threads[3];
  done = gate_make();
  pthread_atfork(before, parent_side, child_side);
  pthread_create(&threads[0], NULL, sleeper, NULL);
  pthread_create(&threads[1], NULL, sleeper, NULL);
  pthread_create(&threads[2], NULL, forker, NULL);
  pthread_join(threads[2], NULL);
  gate_open(done), gate_open(done);
  pthread_join(threads[0], NULL), pthread_join(threads[1], NULL);
  say("parent: order %s", order);
  return 0;
}
