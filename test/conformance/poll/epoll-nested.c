/* poll: an epoll descriptor can be polled and nested, but not in a circle or too deep.
 *
 * epoll(7); epoll_ctl(2), ELOOP.
 */
#include "case.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

static long add(int outer, int inner) {
  return epoll_ctl(outer, EPOLL_CTL_ADD, inner, &(struct epoll_event){ .events = EPOLLIN, .data.fd = inner });
}
static int ready(int fd) { return poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, 0); }

int main(void) {
  int counter = eventfd(0, 0), chain[8];
  struct epoll_event event;
  for (int i = 0; i < 8; i++) chain[i] = epoll_create1(0);
  show("eventfd into 0", add(chain[0], counter));
  for (int i = 1; i < 7; i++) {
    char name[32];
    snprintf(name, sizeof name, "%d into %d", i - 1, i);
    show(name, add(chain[i], chain[i - 1]));
  }
  show("a circle", add(chain[0], chain[1]));
  show("nothing is ready", ready(chain[2]));
  eventfd_write(counter, 1);
  show("the inner readiness shows", ready(chain[2]));
  show("epoll_wait of the outer", epoll_wait(chain[2], &event, 1, 0));
  check("names the inner epoll", event.data.fd == chain[1]);
  show("epoll_wait of the innermost", epoll_wait(chain[0], &event, 1, 0));
  check("names the eventfd", event.data.fd == counter);
  eventfd_t value;
  eventfd_read(counter, &value);
  show("not ready after the read", ready(chain[2]));
  pid_t child = spawn();
  if (child == 0) {
    until_asleep(getppid());
    eventfd_write(counter, 1);
    _exit(0);
  }
  show("a wait on the outer is woken", epoll_wait(chain[1], &event, 1, -1));
  reap("child", child);
  return 0;
}
