/* ipc: POSIX message queues block, time out, are interrupted, and hand messages over in order.
 *
 * mq_send(3), mq_receive(3), signal(7).
 */
// flags: -lrt
#include "case.h"
#include <mqueue.h>
#include <time.h>

static void on_alarm(int number) { (void)number; }

static struct timespec in_ms(int ms) {
  struct timespec at;
  clock_gettime(CLOCK_REALTIME, &at);
  at.tv_nsec += ms * 1000000L;
  if (at.tv_nsec >= 1000000000) at.tv_sec++, at.tv_nsec -= 1000000000;
  return at;
}

int main(void) {
  char name[64], body[16];
  struct mq_attr attributes = { .mq_maxmsg = 1, .mq_msgsize = 16 };
  snprintf(name, sizeof name, "/case-%d", getpid());
  mqd_t queue = must("create", mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes));
  mq_unlink(name);
  pid_t child = spawn();
  if (child == 0) {
    ssize_t got = mq_receive(queue, body, sizeof body, NULL);
    text("the child receives", body, got);
    _exit(0);
  }
  until_asleep(child);
  must("send", mq_send(queue, "handed", 6, 3));
  reap("child", child);
  struct mq_attr now;
  mq_getattr(queue, &now);
  show("nothing stays", now.mq_curmsgs);

  show("fill", mq_send(queue, "first", 5, 0));
  child = spawn();
  if (child == 0) {
    show("the child's send", mq_send(queue, "second", 6, 0));
    _exit(0);
  }
  until_asleep(child);
  ssize_t got = mq_receive(queue, body, sizeof body, NULL);
  reap("child", child);
  text("receive", body, got);
  text("receive", body, mq_receive(queue, body, sizeof body, NULL));

  struct timespec at = in_ms(-1000);
  show("receive until the past", mq_timedreceive(queue, body, sizeof body, NULL, &at));
  at = in_ms(30);
  show("receive for a while", mq_timedreceive(queue, body, sizeof body, NULL, &at));
  at.tv_nsec = 1000000000;
  show("receive until no time", mq_timedreceive(queue, body, sizeof body, NULL, &at));
  at.tv_nsec = 0, at.tv_sec = -1;
  show("receive until before time", mq_timedreceive(queue, body, sizeof body, NULL, &at));
  must("fill", mq_send(queue, "full", 4, 0));
  at = in_ms(30);
  show("send for a while", mq_timedsend(queue, "more", 4, 0, &at));
  text("receive", body, mq_receive(queue, body, sizeof body, NULL));

  on_signal(SIGUSR1, on_alarm, 0);
  pid_t ticker = tick_start(SIGUSR1);
  show("interrupted", mq_receive(queue, body, sizeof body, NULL));
  on_signal(SIGUSR1, on_alarm, SA_RESTART);
  at = in_ms(60);
  show("restarted until its time", mq_timedreceive(queue, body, sizeof body, NULL, &at));
  tick_stop(ticker);
  return 0;
}
