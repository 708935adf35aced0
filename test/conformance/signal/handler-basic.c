/* signal: a handler runs once per signal, with its own signal blocked, and the old action is returned.
 *
 * sigaction(2), signal(7).
 */
#include "case.h"

static volatile int calls, blocked_inside;

static void handler(int number) {
  sigset_t mask;
  calls++;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  blocked_inside = sigismember(&mask, SIGUSR1) && !sigismember(&mask, SIGUSR2);
}

int main(void) {
  struct sigaction old;
  on_signal(SIGUSR1, handler, 0);
  show("kill", kill(getpid(), SIGUSR1));
  show("calls", calls);
  check("only its own signal was blocked inside", blocked_inside);
  raise(SIGUSR1);
  show("calls", calls);
  must("sigaction", sigaction(SIGUSR1, &(struct sigaction){ .sa_handler = SIG_IGN }, &old));
  check("old action is the handler", old.sa_handler == handler);
  raise(SIGUSR1);
  show("calls after SIG_IGN", calls);
  must("sigaction", sigaction(SIGUSR1, NULL, &old));
  check("now ignored", old.sa_handler == SIG_IGN);
  pid_t child = spawn();
  if (child == 0) {
    signal(SIGUSR1, SIG_DFL);
    raise(SIGUSR1);
    _exit(0);
  }
  reap("default action", child);
  return 0;
}
