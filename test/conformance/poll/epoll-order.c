/* poll: epoll_wait() rotates among ready descriptors when there are more than it may return.
 *
 * epoll_wait(2), NOTES: "will round robin through the set of ready file descriptors".
 */
#include "case.h"
#include <sys/epoll.h>
#include <sys/eventfd.h>

int main(void) {
  int epoll = must("epoll_create1", epoll_create1(0)), counts[5] = { 0 };
  for (int i = 0; i < 5; i++)
    must("add", epoll_ctl(epoll, EPOLL_CTL_ADD, eventfd(1, 0),
        &(struct epoll_event){ .events = EPOLLIN, .data.fd = i }));
  struct epoll_event events[2];
  for (int round = 0; round < 5; round++) {
    int count = must("epoll_wait", epoll_wait(epoll, events, 2, 0));
    for (int i = 0; i < count; i++) counts[events[i].data.fd]++;
  }
  say("reported: %d %d %d %d %d", counts[0], counts[1], counts[2], counts[3], counts[4]);
  show("all fit", epoll_wait(epoll, (struct epoll_event[8]){ 0 }, 8, 0));
  return 0;
}
