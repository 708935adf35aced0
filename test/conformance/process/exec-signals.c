/* process: execve() keeps ignored signals, the mask and pending signals, and resets handlers.
 *
 * execve(2); signal(7), "Signal mask and pending signals".
 */
#include "case.h"

static void handler(int number) {}

static const char *disposition(int number) {
  struct sigaction action;
  must("sigaction", sigaction(number, NULL, &action));
  return action.sa_handler == SIG_IGN ? "ignored" : action.sa_handler == SIG_DFL ? "default" : "handler";
}

int main(int argc, char **argv) {
  if (argc > 1) {
    sigset_t blocked, pending;
    stack_t alternate;
    sigprocmask(SIG_BLOCK, NULL, &blocked);
    sigpending(&pending);
    say("SIGUSR1 %s, SIGUSR2 %s, SIGTERM %s", disposition(SIGUSR1), disposition(SIGUSR2), disposition(SIGTERM));
    struct sigaction action;
    sigaction(SIGUSR2, NULL, &action);
    show("flags of the reset handler", action.sa_flags & (SA_RESTART | SA_NODEFER | SA_ONSTACK));
    check("SIGHUP still blocked", sigismember(&blocked, SIGHUP));
    check("SIGHUP still pending", sigismember(&pending, SIGHUP));
    check("SIGTERM not blocked", !sigismember(&blocked, SIGTERM));
    sigaltstack(NULL, &alternate);
    check("alternate stack is off", alternate.ss_flags == SS_DISABLE);
    return 0;
  }
  static char stack[65536];
  stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
  must("sigaltstack", sigaltstack(&alternate, NULL));
  signal(SIGUSR1, SIG_IGN);
  on_signal(SIGUSR2, handler, SA_RESTART | SA_NODEFER | SA_ONSTACK);
  sigset_t hangup = set_of(SIGHUP);
  sigprocmask(SIG_BLOCK, &hangup, NULL);
  raise(SIGHUP);
  say("before: SIGUSR1 %s, SIGUSR2 %s, SIGTERM %s", disposition(SIGUSR1), disposition(SIGUSR2), disposition(SIGTERM));
  execve("/proc/self/exe", (char *[]){ "case", "again", NULL }, NULL);
  return 1;
}
