/* signal: sigwaitinfo() and sigtimedwait() take pending signals without running handlers.
 *
 * sigwaitinfo(2).
 */
#include "case.h"

static void handler(int number) { say("a handler must not run for %s", signal_name(number)); }
static void other(int number) {}

int main(void) {
  sigset_t set = set_of(SIGUSR1);
  sigaddset(&set, SIGRTMIN);
  siginfo_t info;
  struct timespec none = { 0 }, soon = { .tv_nsec = 10000000 }, wrong = { .tv_nsec = 2000000000 };
  on_signal(SIGUSR1, handler, 0);
  sigprocmask(SIG_BLOCK, &set, NULL);
  show("nothing pending", sigtimedwait(&set, &info, &none));
  show("after 10 ms", sigtimedwait(&set, &info, &soon));
  show("bad timeout", sigtimedwait(&set, &info, &wrong));
  sigqueue(getpid(), SIGRTMIN, (union sigval){ .sival_int = 12 });
  raise(SIGUSR1);
  say("first %s", signal_name(sigwaitinfo(&set, &info)));
  check("it came from us", info.si_pid == getpid());
  say("second %s", signal_name(sigtimedwait(&set, &info, &soon)));
  say("value %d", info.si_value.sival_int);
  signal(SIGUSR2, SIG_IGN);
  pid_t ticker = tick_start(SIGUSR2);
  show("an ignored signal does not end it", sigtimedwait(&set, &info, &soon));
  on_signal(SIGUSR2, other, SA_RESTART);
  show("a handled one does, even with SA_RESTART", sigtimedwait(&set, &info, NULL));
  signal(SIGUSR2, SIG_IGN);
  tick_stop(ticker);
  show("bad set", syscall(SYS_rt_sigtimedwait, bad_pointer(), NULL, NULL, 8));
  show("wrong size", syscall(SYS_rt_sigtimedwait, &set, NULL, NULL, 4));
  raise(SIGUSR1);
  show("bad info", syscall(SYS_rt_sigtimedwait, &set, bad_pointer(), NULL, 8));
  show("the signal was taken", sigtimedwait(&set, NULL, &none));
  return 0;
}
