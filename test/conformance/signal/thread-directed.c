/* signal: a process-directed signal goes to a thread that does not block it; a thread-directed one waits.
 *
 * signal(7), pthread_kill(3), pthread_sigmask(3).
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

static volatile pid_t handled_by;
static void handler(int number) { handled_by = gettid(); }
static struct gate ready, done;
static volatile pid_t worker_tid;

static void *worker(void *unused) {
  sigset_t set = set_of(SIGUSR1);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  worker_tid = gettid();
  gate_open(ready);
  gate_wait(done);
  return NULL;
}

int main(void) {
  sigset_t set = set_of(SIGUSR1), pending;
  pthread_t thread;
  on_signal(SIGUSR1, handler, SA_RESTART);
  ready = gate_make(), done = gate_make();
  pthread_sigmask(SIG_BLOCK, &set, NULL);
  pthread_create(&thread, NULL, worker, NULL);
  gate_wait(ready);
  for (int i = 0; i < 20; i++) {
    handled_by = 0;
    kill(getpid(), SIGUSR1);
    while (!handled_by) sched_yield();
    if (handled_by != worker_tid) say("wrong thread");
  }
  say("twenty process signals went to the only willing thread");
  handled_by = 0;
  pthread_kill(pthread_self(), SIGUSR1);
  sigpending(&pending);
  check("a signal for the main thread stays pending", sigismember(&pending, SIGUSR1) && handled_by == 0);
  pthread_sigmask(SIG_UNBLOCK, &set, NULL);
  check("the main thread handles it once it is unblocked", handled_by == gettid());
  handled_by = 0;
  pthread_kill(thread, SIGUSR1);
  while (!handled_by) sched_yield();
  check("pthread_kill chooses the thread", handled_by == worker_tid);
  gate_open(done);
  pthread_join(thread, NULL);
  return 0;
}
