/* signal: SIGCONT cancels pending stops and is delivered even when blocked; SIGKILL ends a stopped process.
 *
 * signal(7); POSIX "Signal Generation and Delivery".
 */
#include "case.h"

static volatile int continued;
static void handler(int number) { continued++; }

int main(void) {
  int status;
  struct gate ready = gate_make();
  pid_t child = spawn();
  if (child == 0) {
    sigset_t set = set_of(SIGTSTP), pending;
    sigaddset(&set, SIGCONT);
    on_signal(SIGCONT, handler, 0);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGTSTP);
    sigpending(&pending);
    check("SIGTSTP pending while blocked", sigismember(&pending, SIGTSTP));
    kill(getpid(), SIGCONT);
    sigpending(&pending);
    say("after SIGCONT: SIGTSTP pending %d, SIGCONT pending %d", sigismember(&pending, SIGTSTP),
        sigismember(&pending, SIGCONT));
    raise(SIGTSTP);
    sigpending(&pending);
    say("after SIGTSTP: SIGTSTP pending %d, SIGCONT pending %d", sigismember(&pending, SIGTSTP),
        sigismember(&pending, SIGCONT));
    gate_open(ready);
    for (;;) pause();
  }
  gate_wait(ready);
  kill(child, SIGSTOP);
  must("waitpid", waitpid(child, &status, WUNTRACED));
  show_status("SIGSTOP", status);
  kill(child, SIGTERM);
  show("a stopped process does not act on SIGTERM", waitpid(child, &status, WNOHANG));
  kill(child, SIGCONT);
  reap("SIGCONT lets it", child);
  child = spawn();
  if (child == 0)
    for (;;) pause();
  kill(child, SIGSTOP);
  must("waitpid", waitpid(child, &status, WUNTRACED));
  kill(child, SIGKILL);
  reap("SIGKILL of a stopped process", child);
  return 0;
}
