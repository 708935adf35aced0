/* poll: level-triggered epoll reports a descriptor as long as it is ready; epoll_ctl() guards its set.
 *
 * epoll(7), epoll_ctl(2).
 */
#include "case.h"
#include <sys/epoll.h>

static int epoll;
static long control(int operation, int fd, uint32_t events, uint64_t data) {
  return epoll_ctl(epoll, operation, fd, &(struct epoll_event){ .events = events, .data.u64 = data });
}
static void wait_(const char *name) {
  struct epoll_event events[4];
  int count = epoll_wait(epoll, events, 4, 0);
  show(name, count);
  for (int i = 0; i < count; i++) say("  data %#lx, events %#x", events[i].data.u64, events[i].events);
}

int main(void) {
  int ends[2];
  char byte;
  must("pipe", pipe(ends));
  make_file("f", "");
  epoll = must("epoll_create1", epoll_create1(EPOLL_CLOEXEC));
  show("add", control(EPOLL_CTL_ADD, ends[0], EPOLLIN, 0x1122334455667788));
  show("add again", control(EPOLL_CTL_ADD, ends[0], EPOLLIN, 1));
  show("modify a stranger", control(EPOLL_CTL_MOD, ends[1], EPOLLOUT, 1));
  show("delete a stranger", control(EPOLL_CTL_DEL, ends[1], 0, 1));
  show("a regular file", control(EPOLL_CTL_ADD, must("open", open("f", O_RDONLY)), EPOLLIN, 1));
  show("itself", control(EPOLL_CTL_ADD, epoll, EPOLLIN, 1));
  show("closed", control(EPOLL_CTL_ADD, 99, EPOLLIN, 1));
  show("unknown operation", control(9, ends[0], EPOLLIN, 1));
  show("bad event", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[1], bad_pointer()));
  show("not an epoll", epoll_ctl(ends[0], EPOLL_CTL_ADD, ends[1], &(struct epoll_event){ 0 }));
  wait_("nothing");
  must("write", write(ends[1], "ab", 2));
  wait_("ready"), wait_("still ready");
  must("read", read(ends[0], &byte, 1));
  wait_("one byte left");
  show("modify to other data", control(EPOLL_CTL_MOD, ends[0], EPOLLIN, 2));
  wait_("new data");
  show("modify to no events", control(EPOLL_CTL_MOD, ends[0], 0, 3));
  wait_("none asked");
  close(ends[1]);
  wait_("HUP is always reported");
  show("delete", epoll_ctl(epoll, EPOLL_CTL_DEL, ends[0], NULL));
  wait_("empty set");
  show("maxevents 0", epoll_wait(epoll, &(struct epoll_event){ 0 }, 0, 0));
  show("bad events", epoll_wait(epoll, bad_pointer(), 1, 0));
  show("epoll_create 0", epoll_create(0));
  show("epoll_create1 unknown flag", epoll_create1(1));
  return 0;
}
