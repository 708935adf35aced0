/* event: an eventfd counts; EFD_SEMAPHORE takes one at a time; it never overflows.
 *
 * eventfd(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/eventfd.h>

static void events(const char *name, int fd) {
  struct pollfd poller = { fd, POLLIN | POLLOUT, 0 };
  poll(&poller, 1, 0);
  say("%s:%s%s", name, poller.revents & POLLIN ? " IN" : "", poller.revents & POLLOUT ? " OUT" : "");
}

int main(void) {
  uint64_t value = 5, big = -2;
  int fd = eventfd(3, EFD_NONBLOCK | EFD_CLOEXEC);
  show("write 5", write(fd, &value, 8));
  show("read", read(fd, &value, 8));
  show("value", value);
  show("read when zero", read(fd, &value, 8));
  events("zero", fd);
  show("write the largest", write(fd, &big, 8));
  events("full", fd);
  value = 1;
  show("one more", write(fd, &value, 8));
  big = -1;
  show("write of all ones", write(fd, &big, 8));
  show("short buffer", read(fd, &value, 7));
  show("short write", write(fd, &value, 4));
  show("longer read", read(fd, (uint64_t[2]){ 0 }, 16));
  show("lseek", lseek(fd, 0, SEEK_SET));
  int semaphore = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK);
  for (int i = 0; i < 3; i++) show("semaphore read", read(semaphore, &value, 8) == 8 ? (long)value : -1);
  show("unknown flag", eventfd(0, 1 << 20));
  int blocking = eventfd(0, 0);
  pid_t child = spawn();
  if (child == 0) {
    show("blocked read", read(blocking, &value, 8));
    _exit(value);
  }
  until_asleep(child);
  value = 0;
  must("write", write(blocking, &value, 8)); /* adds nothing, wakes nobody */
  value = 9;
  must("write", write(blocking, &value, 8));
  reap("child", child);
  return 0;
}
