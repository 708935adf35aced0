/* event: a timerfd counts expirations, can be periodic, absolute, and disarmed.
 *
 * timerfd_create(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/timerfd.h>

static long set(int fd, int flags, long first_ms, long every_ms) {
  struct itimerspec spec = { { 0, every_ms * 1000000 }, { 0, first_ms * 1000000 } };
  return timerfd_settime(fd, flags, &spec, NULL);
}

int main(void) {
  uint64_t count = 0;
  struct itimerspec left;
  int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
  show("read before it is armed", read(fd, &count, 8));
  show("arm 5 ms", set(fd, 0, 5, 0));
  show("poll", poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1));
  show("read", read(fd, &count, 8));
  show("count", count);
  show("read again", read(fd, &count, 8));
  show("gettime", timerfd_gettime(fd, &left));
  check("disarmed after one shot", left.it_value.tv_sec == 0 && left.it_value.tv_nsec == 0);
  show("periodic 2 ms", set(fd, 0, 2, 2));
  sleep_ms(11);
  show("read", read(fd, &count, 8));
  check("several expirations in one count", count >= 5);
  timerfd_gettime(fd, &left);
  check("interval and remaining time", left.it_interval.tv_nsec == 2000000 && left.it_value.tv_nsec <= 2000000);
  show("poll for the next", poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1));
  show("setting it forgets old expirations", set(fd, 0, 500, 0));
  show("read", read(fd, &count, 8));
  show("disarm", set(fd, 0, 0, 0));
  struct itimerspec past = { { 0 }, { 1, 0 } };
  show("absolute time in the past", timerfd_settime(fd, TFD_TIMER_ABSTIME, &past, NULL));
  show("fires at once", poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1));
  show("short buffer", read(fd, &count, 4));
  show("write", write(fd, &count, 8));
  past.it_value.tv_nsec = 1000000000;
  show("bad nanoseconds", timerfd_settime(fd, 0, &past, NULL));
  show("unknown flags", timerfd_settime(fd, 64, &past, NULL));
  show("bad pointer", timerfd_settime(fd, 0, bad_pointer(), NULL));
  show("unknown clock", timerfd_create(99, 0));
  show("unknown create flags", timerfd_create(CLOCK_MONOTONIC, 1));
  show("settime of another kind of file", timerfd_settime(0, 0, &left, NULL));
  return 0;
}
