/* signal: sigaction() and friends refuse impossible signals, sizes and pointers.
 *
 * sigaction(2), sigprocmask(2), kill(2), tgkill(2): ERRORS.
 */
#include "case.h"

int main(void) {
  struct sigaction action = { .sa_handler = SIG_IGN };
  uint64_t set = ~0ull, old = 0;
  show("SIGKILL", sigaction(SIGKILL, &action, NULL));
  show("SIGSTOP", sigaction(SIGSTOP, &action, NULL));
  show("look at SIGKILL", syscall(SYS_rt_sigaction, SIGKILL, NULL, NULL, 8));
  show("signal 0", syscall(SYS_rt_sigaction, 0, NULL, NULL, 8));
  show("signal 64", syscall(SYS_rt_sigaction, 64, NULL, NULL, 8));
  show("signal 65", syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
  show("set of 4 bytes", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
  show("bad new action", syscall(SYS_rt_sigaction, SIGUSR1, bad_pointer(), NULL, 8));
  show("bad old action", syscall(SYS_rt_sigaction, SIGUSR1, NULL, bad_pointer(), 8));
  show("sigprocmask how 9", syscall(SYS_rt_sigprocmask, 9, &set, NULL, 8));
  show("how is ignored without a set", syscall(SYS_rt_sigprocmask, 9, NULL, &old, 8));
  show("set of 16 bytes", syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 16));
  show("bad set", syscall(SYS_rt_sigprocmask, SIG_BLOCK, bad_pointer(), NULL, 8));
  show("block everything", syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
  syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &old, 8);
  say("the mask is now %#lx", old);
  show("kill signal 65", kill(getpid(), 65));
  show("kill signal -1", kill(getpid(), -1));
  show("kill nobody", kill(999999, SIGUSR1));
  show("kill no group", kill(-999999, SIGUSR1));
  show("kill signal 0", kill(getpid(), 0));
  show("tgkill tid 0", syscall(SYS_tgkill, getpid(), 0, 0));
  show("tgkill wrong group", syscall(SYS_tgkill, 999999, getpid(), 0));
  show("tgkill", syscall(SYS_tgkill, getpid(), gettid(), 0));
  show("tkill -1", syscall(SYS_tkill, -1, 0));
  return 0;
}
