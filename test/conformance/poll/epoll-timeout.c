/* poll: epoll_wait() and epoll_pwait2() wait no shorter than asked and are woken by changes of the set.
 *
 * epoll_wait(2), epoll_pwait2().
 */
#include "case.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

#ifndef SYS_epoll_pwait2
#define SYS_epoll_pwait2 441
#endif

int main(void) {
  int epoll = epoll_create1(0);
  struct epoll_event event;
  int64_t start = now_ns(CLOCK_MONOTONIC);
  show("20 ms", epoll_wait(epoll, &event, 1, 20));
  check("waited", now_ns(CLOCK_MONOTONIC) - start >= 20000000);
  start = now_ns(CLOCK_MONOTONIC);
  show("epoll_pwait2, 1.5 ms", syscall(SYS_epoll_pwait2, epoll, &event, 1, &(struct timespec){ 0, 1500000 }, NULL, 8));
  check("waited", now_ns(CLOCK_MONOTONIC) - start >= 1500000);
  show("epoll_pwait2, bad time", syscall(SYS_epoll_pwait2, epoll, &event, 1, &(struct timespec){ 0, -1 }, NULL, 8));
  show("epoll_pwait2, zero", syscall(SYS_epoll_pwait2, epoll, &event, 1, &(struct timespec){ 0, 0 }, NULL, 8));
  int ready = eventfd(1, 0);
  pid_t parent = getpid(), child = spawn();
  if (child == 0) {
    until_asleep(parent);
    must("add", epoll_ctl(epoll, EPOLL_CTL_ADD, ready, &(struct epoll_event){ .events = EPOLLIN, .data.u32 = 7 }));
    _exit(0);
  }
  show("woken by adding a ready descriptor", epoll_wait(epoll, &event, 1, -1));
  show("data", event.data.u32);
  reap("child", child);
  return 0;
}
