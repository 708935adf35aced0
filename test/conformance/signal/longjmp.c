/* signal: siglongjmp() out of a handler restores the mask it saved, again and again.
 *
 * sigsetjmp(3); sigprocmask(2).
 */
#include "case.h"
#include <setjmp.h>

static sigjmp_buf back;
static volatile int faults;
static void handler(int number) {
  faults++;
  siglongjmp(back, 1);
}

int main(void) {
  sigset_t mask;
  on_signal(SIGSEGV, handler, 0);
  volatile char *page = bad_pointer();
  for (volatile int i = 0; i < 1000; i++)
    if (sigsetjmp(back, 1) == 0) page[i] = 1;
  show("faults caught", faults);
  sigprocmask(SIG_BLOCK, NULL, &mask);
  check("SIGSEGV is not blocked", !sigismember(&mask, SIGSEGV));
  if (sigsetjmp(back, 0) == 0) page[0] = 1;
  sigprocmask(SIG_BLOCK, NULL, &mask);
  check("without a saved mask it stays blocked", sigismember(&mask, SIGSEGV));
  pid_t child = spawn();
  if (child == 0) {
    page[0] = 1;
    _exit(0);
  }
  reap("a fault while SIGSEGV is blocked", child);
  child = spawn();
  if (child == 0) {
    sigset_t set = set_of(SIGSEGV);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    signal(SIGSEGV, SIG_IGN);
    page[0] = 1;
    _exit(0);
  }
  reap("a fault while SIGSEGV is ignored", child);
  return 0;
}
