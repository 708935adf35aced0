/* signal: a blocked standard signal stays pending once, however often it was sent.
 *
 * signal(7), "Queueing and delivery semantics for standard signals"; sigpending(2).
 */
#include "case.h"

static volatile int calls;
static void handler(int number) { calls++; }

int main(void) {
  sigset_t set = set_of(SIGUSR1), pending;
  on_signal(SIGUSR1, handler, 0);
  sigprocmask(SIG_BLOCK, &set, NULL);
  for (int i = 0; i < 5; i++) kill(getpid(), SIGUSR1);
  show("calls while blocked", calls);
  sigpending(&pending);
  check("pending", sigismember(&pending, SIGUSR1));
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  show("calls after unblocking", calls);
  sigpending(&pending);
  check("nothing is pending", sigisemptyset(&pending));

  sigprocmask(SIG_BLOCK, &set, NULL);
  kill(getpid(), SIGUSR1);
  syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1);
  sigprocmask(SIG_UNBLOCK, &set, NULL);
  show("one for the process and one for the thread", calls);

  sigprocmask(SIG_BLOCK, &set, NULL);
  raise(SIGUSR1);
  signal(SIGUSR1, SIG_IGN);
  sigpending(&pending);
  check("SIG_IGN discards the pending signal", !sigismember(&pending, SIGUSR1));
  on_signal(SIGUSR1, handler, 0);
  raise(SIGUSR1);
  pid_t child = spawn();
  if (child == 0) {
    sigpending(&pending);
    check("a child starts with nothing pending", sigisemptyset(&pending));
    sigprocmask(SIG_BLOCK, NULL, &set);
    check("but inherits the mask", sigismember(&set, SIGUSR1));
    _exit(0);
  }
  reap("child", child);
  return 0;
}
