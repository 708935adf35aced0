/* signal: sigsuspend() swaps the mask, waits for one handler, and restores the mask.
 *
 * sigsuspend(2): always -1 EINTR.
 */
#include "case.h"

static volatile int calls, mask_inside = -1;

static void handler(int number) {
  sigset_t mask;
  calls++;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  mask_inside = sigismember(&mask, SIGUSR1) * 10 + sigismember(&mask, SIGUSR2);
}

int main(void) {
  sigset_t usr1 = set_of(SIGUSR1), wait = set_of(SIGUSR2), now;
  on_signal(SIGUSR1, handler, 0);
  sigprocmask(SIG_BLOCK, &usr1, NULL);
  raise(SIGUSR1);
  show("calls before", calls);
  show("sigsuspend", sigsuspend(&wait));
  show("calls after", calls);
  show("mask inside the handler (USR1, USR2)", mask_inside);
  sigprocmask(SIG_BLOCK, NULL, &now);
  check("old mask is back", sigismember(&now, SIGUSR1) && !sigismember(&now, SIGUSR2));

  pid_t ticker = tick_start(SIGUSR1);
  show("sigsuspend until a tick", sigsuspend(&wait));
  tick_stop(ticker);
  check("at least one more call", calls >= 2);
  show("bad pointer", syscall(SYS_rt_sigsuspend, bad_pointer(), 8));
  show("wrong size", syscall(SYS_rt_sigsuspend, &wait, 4));
  return 0;
}
