/* signal: a static program handles a signal it sends itself, a fault, and a signal from its child.
 *
 * sigaction(2), kill(2), sigreturn(2).
 */
// static
#include "case.h"
#include <setjmp.h>

static volatile int calls;
static sigjmp_buf back;
static void handler(int number) { calls++; }
static void fault(int number) { siglongjmp(back, 1); }

int main(void) {
  on_signal(SIGUSR1, handler, 0);
  show("kill", kill(getpid(), SIGUSR1));
  show("calls", calls);
  on_signal(SIGSEGV, fault, 0);
  if (sigsetjmp(back, 1) == 0) {
    *(volatile char *)hidden(16) = 1;
    say("no fault");
  } else {
    say("caught a fault");
  }
  pid_t parent = getpid(), child = spawn();
  if (child == 0) _exit(kill(parent, SIGUSR1) != 0);
  reap("child", child);
  show("calls", calls);
  return 0;
}
