/* signal: fork copies handlers and mask; CLONE_SIGHAND shares handlers; CLONE_CLEAR_SIGHAND resets them.
 *
 * clone(2), fork(2), signal(7).
 */
#include "case.h"
#include <linux/sched.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

static void handler(int number) {}

static const char *disposition(int number) {
  struct sigaction action;
  sigaction(number, NULL, &action);
  return action.sa_handler == SIG_IGN ? "ignored" : action.sa_handler == SIG_DFL ? "default" : "handler";
}

static int change(void *unused) {
  signal(SIGUSR1, SIG_IGN);
  return 0;
}

int main(void) {
  static char stack[65536] __attribute__((aligned(16)));
  on_signal(SIGUSR1, handler, 0);
  signal(SIGUSR2, SIG_IGN);
  pid_t child = spawn();
  if (child == 0) {
    say("fork: %s, %s", disposition(SIGUSR1), disposition(SIGUSR2));
    change(NULL);
    _exit(0);
  }
  reap("child", child);
  say("unchanged here: %s", disposition(SIGUSR1));
  struct clone_args arguments = { .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD };
  child = syscall(SYS_clone3, &arguments, sizeof arguments);
  if (child == 0) {
    say("CLONE_CLEAR_SIGHAND: %s, %s", disposition(SIGUSR1), disposition(SIGUSR2));
    _exit(0);
  }
  reap("child", child);
  child = must("clone", clone(change, stack + sizeof stack, CLONE_VM | CLONE_SIGHAND | SIGCHLD, NULL));
  reap("child", child);
  say("CLONE_SIGHAND changed ours: %s", disposition(SIGUSR1));
  return 0;
}
