/* poll: EPOLLEXCLUSIVE allows few flags, may not be modified, and wakes at least one waiter.
 *
 * epoll_ctl(2), EPOLLEXCLUSIVE.
 */
#include "case.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

int main(void) {
  int counter = eventfd(0, EFD_NONBLOCK), epoll = epoll_create1(0), inner = epoll_create1(0);
  struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
  show("add", epoll_ctl(epoll, EPOLL_CTL_ADD, counter, &event));
  show("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, counter, &event));
  event.events = EPOLLIN;
  show("modify without the flag", epoll_ctl(epoll, EPOLL_CTL_MOD, counter, &event));
  event.events = EPOLLIN | EPOLLEXCLUSIVE | EPOLLONESHOT;
  show("with ONESHOT", epoll_ctl(epoll, EPOLL_CTL_ADD, 1, &event));
  event.events = EPOLLIN | EPOLLEXCLUSIVE;
  show("of an epoll", epoll_ctl(epoll, EPOLL_CTL_ADD, inner, &event));
  pid_t waiters[3];
  for (int i = 0; i < 3; i++) {
    waiters[i] = spawn();
    if (waiters[i] == 0) {
      int own = epoll_create1(0);
      eventfd_t value;
      must("add", epoll_ctl(own, EPOLL_CTL_ADD, counter, &event));
      do must("wait", epoll_wait(own, &event, 1, -1));
      while (eventfd_read(counter, &value) == -1);
      _exit(0);
    }
  }
  for (int i = 0; i < 3; i++) until_asleep(waiters[i]);
  for (int i = 0; i < 3; i++) {
    eventfd_write(counter, 1);
    int status;
    must("wait", wait(&status)); /* one waiter takes the value and ends */
    show_status("a waiter", status);
  }
  return 0;
}
