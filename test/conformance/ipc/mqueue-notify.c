/* ipc: mq_notify sends one signal when a message comes to an empty queue that nobody reads.
 *
 * mq_notify(3).
 */
// flags: -lrt
#include "case.h"
#include <mqueue.h>

static volatile siginfo_t last;
static volatile int count;
static void on_message(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  last = *info;
  count++;
}

int main(void) {
  char name[64], body[8192];
  snprintf(name, sizeof name, "/case-%d", getpid());
  mqd_t queue = must("create", mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, NULL));
  mq_unlink(name);
  on_siginfo(SIGUSR1, on_message, 0);
  struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 42 };
  show("register", mq_notify(queue, &event));
  show("register again", mq_notify(queue, &event));
  show("a signal too far", mq_notify(queue, &(struct sigevent){ .sigev_notify = SIGEV_SIGNAL, .sigev_signo = 99 }));
  show("no such way", mq_notify(queue, &(struct sigevent){ .sigev_notify = 9 }));
  pid_t child = spawn();
  if (child == 0) {
    show("another process registers", mq_notify(queue, &event));
    show("another process unregisters", mq_notify(queue, NULL));
    mq_send(queue, "one", 3, 0);
    _exit(0);
  }
  reap("child", child);
  say("signals %d, code is SI_MESGQ %d, value %d, from the child %d", count, last.si_code == SI_MESGQ,
      last.si_value.sival_int, last.si_pid == child);
  mq_send(queue, "two", 3, 0);
  show("once", count);
  mq_receive(queue, body, sizeof body, NULL);
  mq_receive(queue, body, sizeof body, NULL);
  must("register", mq_notify(queue, &event));
  child = spawn();
  if (child == 0) {
    mq_receive(queue, body, sizeof body, NULL);
    _exit(0);
  }
  until_asleep(child);
  mq_send(queue, "three", 5, 0);
  reap("reader", child);
  show("a reader took it", count);
  mq_send(queue, "four", 4, 0);
  show("nobody took it", count);
  event.sigev_notify = SIGEV_NONE;
  show("register for nothing", mq_notify(queue, &event));
  event.sigev_notify = SIGEV_SIGNAL;
  show("busy", mq_notify(queue, &event));
  show("unregister", mq_notify(queue, NULL));
  show("register", mq_notify(queue, &event));
  close(dup(queue));
  show("closing a copy unregisters", mq_notify(queue, &event));
  show("not a queue", mq_notify(0, &event));
  return 0;
}
