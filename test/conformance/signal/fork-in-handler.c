/* signal: fork() inside a handler gives the child a handler frame to return from.
 *
 * fork(2) is async-signal-safe: signal-safety(7).
 */
#include "case.h"

static volatile pid_t forked = -1;
static volatile int local_seen;

static void handler(int number) { forked = fork(); }

int main(void) {
  volatile int local = 5;
  sigset_t mask;
  on_signal(SIGUSR1, handler, 0);
  raise(SIGUSR1);
  local += 1;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  if (forked == 0) {
    check("child returned from the handler", local == 6);
    check("child's mask is restored", !sigismember(&mask, SIGUSR1));
    raise(SIGUSR1); /* the child forks once more */
    if (forked == 0) _exit(11);
    reap("grandchild", forked);
    _exit(10);
  }
  reap("child", forked);
  check("parent's mask is restored", !sigismember(&mask, SIGUSR1));
  say("parent's local %d", local);
  return 0;
}
