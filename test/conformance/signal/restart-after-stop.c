/* signal: stop and continue do not disturb a blocked read or a sleep.
 *
 * signal(7), "Interruption of system calls and library functions by stop signals".
 */
#include "case.h"
#include <poll.h>

static void stop_and_go(pid_t child) {
  for (int i = 0; i < 3; i++) {
    siginfo_t info;
    until_asleep(child);
    kill(child, SIGSTOP);
    must("waitid", waitid(P_PID, child, &info, WSTOPPED | WEXITED | WNOWAIT));
    if (info.si_code == CLD_EXITED) return; /* a short sleep may be over already */
    must("waitpid", waitpid(child, NULL, WUNTRACED));
    kill(child, SIGCONT);
    waitpid(child, NULL, WCONTINUED);
  }
}

int main(void) {
  int ends[2];
  char byte;
  must("pipe", pipe(ends));
  pid_t child = spawn();
  if (child == 0) {
    show("read", read(ends[0], &byte, 1));
    _exit(0);
  }
  stop_and_go(child);
  must("write", write(ends[1], "x", 1));
  reap("reader", child);

  child = spawn();
  if (child == 0) {
    show("poll", poll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, -1));
    _exit(0);
  }
  stop_and_go(child);
  must("write", write(ends[1], "x", 1));
  reap("poller", child);

  child = spawn();
  if (child == 0) {
    int64_t start = now_ns(CLOCK_MONOTONIC);
    show("nanosleep", nanosleep(&(struct timespec){ .tv_nsec = 50000000 }, NULL));
    check("not shorter than asked", now_ns(CLOCK_MONOTONIC) - start >= 50000000);
    _exit(0);
  }
  stop_and_go(child);
  reap("sleeper", child);
  return 0;
}
