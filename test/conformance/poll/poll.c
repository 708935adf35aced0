/* poll: counts ready descriptors, ignores negative ones, marks closed ones POLLNVAL, and times out.
 *
 * poll(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/resource.h>

int main(void) {
  int ends[2];
  must("pipe", pipe(ends));
  make_file("f", "x");
  struct pollfd set[5] = { { ends[0], POLLIN, 7 }, { -1, POLLIN, 7 }, { 99, POLLIN, 7 }, { ends[1], POLLOUT, 7 },
                           { open("f", O_RDONLY), POLLIN | POLLOUT | POLLPRI, 7 } };
  show("poll", poll(set, 5, -1));
  for (int i = 0; i < 5; i++) say("  %d: %#x", i, set[i].revents);
  int64_t start = now_ns(CLOCK_MONOTONIC);
  show("timeout of 20 ms", poll(set, 1, 20));
  check("it waited", now_ns(CLOCK_MONOTONIC) - start >= 20000000);
  show("no descriptors, 1 ms", poll(NULL, 0, 1));
  show("timeout 0", poll(set, 1, 0));
  show("bad pointer", poll(bad_pointer(), 1, 0));
  soft_limit(RLIMIT_NOFILE, 50);
  show("more entries than RLIMIT_NOFILE", syscall(SYS_poll, set, 51, 0));
  pid_t child = spawn();
  if (child == 0) {
    sleep_ms(5);
    must("write", write(ends[1], "x", 1));
    _exit(0);
  }
  show("woken by a write", poll(set, 1, -1));
  show("revents", set[0].revents);
  reap("child", child);
  set[0].events = 0;
  show("asking for nothing", poll(set, 1, 0));
  struct timespec bad = { 0, 1000000000 };
  show("ppoll bad time", ppoll(set, 1, &bad, NULL));
  show("ppoll wrong mask size", syscall(SYS_ppoll, set, 1, NULL, &bad, 4));
  return 0;
}
