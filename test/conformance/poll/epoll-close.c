/* poll: closing the last descriptor of a description removes it from epoll; a duplicate keeps it.
 *
 * epoll(7), "Will closing a file descriptor cause it to be removed from all epoll interest lists?"
 */
#include "case.h"
#include <sys/epoll.h>

static int epoll;
static void wait_(const char *name) {
  struct epoll_event event = { 0 };
  int count = epoll_wait(epoll, &event, 1, 0);
  say("%s: %d, data %d", name, count, event.data.fd);
}

int main(void) {
  int ends[2];
  must("pipe", pipe(ends));
  must("write", write(ends[1], "x", 1));
  epoll = must("epoll_create1", epoll_create1(0));
  struct epoll_event event = { .events = EPOLLIN, .data.fd = 1 };
  must("add", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
  int copy = dup(ends[0]);
  event.data.fd = 2;
  show("a duplicate is another entry", epoll_ctl(epoll, EPOLL_CTL_ADD, copy, &event));
  show("delete it", epoll_ctl(epoll, EPOLL_CTL_DEL, copy, NULL));
  int number = ends[0];
  close(ends[0]);
  wait_("closed, but a duplicate lives");
  show("it cannot be deleted by its old number", epoll_ctl(epoll, EPOLL_CTL_DEL, number, NULL));
  close(copy);
  wait_("the last duplicate is closed");
  must("pipe", pipe(ends));
  must("write", write(ends[1], "x", 1));
  check("the number is used again", ends[0] == number);
  event.data.fd = 3;
  show("and can be added again", epoll_ctl(epoll, EPOLL_CTL_ADD, ends[0], &event));
  wait_("the new one");
  pid_t child = spawn();
  if (child == 0) {
    wait_("the child sees the same set");
    _exit(0);
  }
  close(ends[0]);
  must("wait", waitpid(child, NULL, 0));
  wait_("gone when the child has gone");
  return 0;
}
