/* A server that waits: its epoll set has a listening socket, a timer that is off, and nothing to do. */
#include <stdio.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>

int main(void) {
  int listener = socket(AF_INET, SOCK_STREAM, 0), timer = timerfd_create(CLOCK_MONOTONIC, 0);
  struct sockaddr_in any = {.sin_family = AF_INET};
  int set = epoll_create1(0);
  struct epoll_event wants = {.events = EPOLLIN}, got;
  if (bind(listener, (struct sockaddr *)&any, sizeof any) != 0 || listen(listener, 5) != 0 ||
      epoll_ctl(set, EPOLL_CTL_ADD, listener, &wants) != 0 ||
      epoll_ctl(set, EPOLL_CTL_ADD, timer, &wants) != 0)
    return 1;
  puts("waits");
  fflush(stdout);
  return epoll_wait(set, &got, 1, -1);
}
