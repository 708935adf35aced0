/* poll: ppoll() and pselect() swap the signal mask atomically, so that a pending signal ends them at once.
 *
 * ppoll(2), pselect(2).
 */
#include "case.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>

static volatile int calls;
static void handler(int number) { calls++; }

int main(void) {
  sigset_t usr1 = set_of(SIGUSR1), none = set_of(0), now;
  int ends[2], epoll = epoll_create1(0);
  struct epoll_event event;
  must("pipe", pipe(ends));
  on_signal(SIGUSR1, handler, 0);
  sigprocmask(SIG_BLOCK, &usr1, NULL);
  raise(SIGUSR1);
  show("ppoll with the mask kept", ppoll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, &(struct timespec){ 0, 5000000 },
      NULL));
  show("calls", calls);
  show("ppoll with an empty mask", ppoll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, NULL, &none));
  show("calls", calls);
  sigprocmask(SIG_BLOCK, NULL, &now);
  check("mask is restored", sigismember(&now, SIGUSR1));
  raise(SIGUSR1);
  fd_set set;
  FD_ZERO(&set);
  FD_SET(ends[0], &set);
  show("pselect with an empty mask", pselect(ends[0] + 1, &set, NULL, NULL, NULL, &none));
  show("calls", calls);
  raise(SIGUSR1);
  show("epoll_pwait with an empty mask", epoll_pwait(epoll, &event, 1, -1, &none));
  show("calls", calls);
  raise(SIGUSR1);
  must("write", write(ends[1], "x", 1));
  show("ppoll when both are ready", ppoll(&(struct pollfd){ ends[0], POLLIN, 0 }, 1, NULL, &none));
  show("calls, the signal stays pending", calls);
  sigpending(&now);
  check("pending", sigismember(&now, SIGUSR1));
  return 0;
}
