/* poll: EPOLLET reports each arrival once, EPOLLONESHOT disarms until EPOLL_CTL_MOD.
 *
 * epoll(7), "Level-triggered and edge-triggered".
 */
#include "case.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

static int epoll;
static void wait_(const char *name) {
  struct epoll_event event = { 0 };
  int count = epoll_wait(epoll, &event, 1, 0);
  say("%s: %d, events %#x", name, count, event.events);
}
static void put(int fd) { must("write", write(fd, "x", 1)); }

int main(void) {
  int ends[2];
  char byte;
  must("pipe", pipe(ends));
  epoll = must("epoll_create1", epoll_create1(0));
  must("add", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &(struct epoll_event){ .events = EPOLLIN | EPOLLET }));
  put(ends[1]);
  wait_("first byte"), wait_("again");
  put(ends[1]);
  wait_("second byte"), wait_("again");
  must("read", read(ends[0], &byte, 1));
  wait_("a read is no edge");
  must("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &(struct epoll_event){ .events = EPOLLIN | EPOLLET }));
  wait_("modify rearms");
  must("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &(struct epoll_event){ .events = EPOLLIN | EPOLLONESHOT }));
  wait_("one shot");
  put(ends[1]);
  wait_("disarmed");
  must("modify", epoll_ctl(epoll, EPOLL_CTL_MOD, ends[0], &(struct epoll_event){ .events = EPOLLIN | EPOLLONESHOT }));
  wait_("armed again"), wait_("disarmed again");
  close(ends[1]);
  wait_("not even HUP");
  close(ends[0]);
  int counter = eventfd(0, EFD_NONBLOCK);
  must("add", epoll_ctl(epoll, EPOLL_CTL_ADD, counter,
      &(struct epoll_event){ .events = EPOLLIN | EPOLLOUT | EPOLLET }));
  wait_("eventfd writable"), wait_("again");
  eventfd_write(counter, 1);
  wait_("after a write");
  eventfd_write(counter, 1);
  wait_("after another write");
  eventfd_t value;
  eventfd_read(counter, &value);
  wait_("after a read");
  return 0;
}
