/* time: SIGEV_THREAD_ID sends the signal to one chosen thread.
 *
 * timer_create(2), SIGEV_THREAD_ID.
 */
// flags: -pthread
#include "case.h"
#include <pthread.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile pid_t handled_by, worker_tid;
static void handler(int number) { handled_by = gettid(); }
static struct gate ready, done;

static void *worker(void *unused) {
  worker_tid = gettid();
  gate_open(ready);
  gate_wait(done);
  return NULL;
}

int main(void) {
  pthread_t thread;
  timer_t timer;
  ready = gate_make(), done = gate_make();
  on_signal(SIGUSR1, handler, SA_RESTART);
  pthread_create(&thread, NULL, worker, NULL);
  gate_wait(ready);
  struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1 };
  pid_t targets[2] = { worker_tid, gettid() };
  for (int i = 0; i < 2; i++) {
    event.sigev_notify_thread_id = targets[i];
    show("create", timer_create(CLOCK_MONOTONIC, &event, &timer));
    handled_by = 0;
    must("settime", timer_settime(timer, 0, &(struct itimerspec){ { 0 }, { 0, 1000000 } }, NULL));
    while (!handled_by) sched_yield();
    check("the chosen thread handled it", handled_by == targets[i]);
    timer_delete(timer);
  }
  event.sigev_notify_thread_id = 999999;
  show("a thread that does not exist", timer_create(CLOCK_MONOTONIC, &event, &timer));
  pid_t child = spawn();
  if (child == 0) {
    event.sigev_notify_thread_id = getppid();
    show("a thread of another process", timer_create(CLOCK_MONOTONIC, &event, &timer));
    _exit(0);
  }
  reap("child", child);
  gate_open(done);
  pthread_join(thread, NULL);
  return 0;
}
