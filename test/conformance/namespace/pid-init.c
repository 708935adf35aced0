/* namespace: pid 1 of a pid namespace gets no signal that it does not handle, but SIGKILL and SIGSTOP from above.
 *
 * pid_namespaces(7), "The namespace init process"; kill(2).
 */
#include "case.h"

#include <sys/ucontext.h>

static pid_t clone_init(void) {
  pid_t child = must("clone", syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0));
  if (child == 0) alarm(0);
  return child;
}

static volatile int handled;
static void count(int number) { (void)number; handled++; }

static void from_inside(void) {
  pid_t init = clone_init();
  if (init == 0) {
    pid_t child = spawn();
    if (child == 0) {
      int signals[] = { SIGTERM, SIGKILL, SIGSTOP, SIGSEGV, SIGINT };
      for (size_t i = 0; i < COUNT(signals); i++) show(signal_name(signals[i]), kill(1, signals[i]));
      on_signal(SIGUSR1, SIG_DFL, 0);
      _exit(0);
    }
    reap("child", child);
    kill(1, SIGKILL);
    raise(SIGSTOP);
    on_signal(SIGTERM, count, 0);
    raise(SIGTERM);
    show("handled", handled);
    /* A blocked signal stays pending, and is dropped when it could be taken. */
    sigset_t set = set_of(SIGHUP);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGHUP);
    sigset_t pending;
    sigpending(&pending);
    check("pending while blocked", sigismember(&pending, SIGHUP));
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    say("it outlives all that");
    _exit(7);
  }
  reap("init", init);
}

static void from_above(void) {
  struct gate ready = gate_make();
  pid_t init = clone_init();
  if (init == 0) {
    gate_open(ready);
    for (;;) pause();
  }
  gate_wait(ready);
  show("SIGTERM", kill(init, SIGTERM));
  show("SIGINT", kill(init, SIGINT));
  show("SIGSTOP", kill(init, SIGSTOP));
  int status;
  must("wait", waitpid(init, &status, WUNTRACED));
  show_status("after SIGSTOP", status);
  kill(init, SIGCONT);
  must("wait", waitpid(init, &status, WCONTINUED));
  show_status("after SIGCONT", status);
  kill(init, SIGKILL);
  reap("after SIGKILL", init);
}

static void own_faults(void) {
  pid_t init = clone_init();
  if (init == 0) {
    *(volatile int *)bad_pointer() = 1;
    _exit(0);
  }
  int status;
  must("wait", waitpid(init, &status, 0));
  say("a fault: %s", WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) : "no signal");
  init = clone_init();
  if (init == 0) {
    abort();
  }
  must("wait", waitpid(init, &status, 0));
  say("abort(3): %s", WIFSIGNALED(status) ? signal_name(WTERMSIG(status)) : "no signal");
}

static void everybody(void) {
  pid_t init = clone_init();
  if (init == 0) {
    int alive = 0;
    for (int i = 0; i < 3; i++)
      if (spawn() == 0)
        for (;;) pause();
    show("kill everybody", kill(-1, SIGKILL));
    for (int i = 0; i < 3; i++) {
      int status;
      if (wait(&status) > 0 && WIFSIGNALED(status)) alive++;
    }
    show("killed", alive);
    show("nobody left", kill(-1, SIGKILL));
    _exit(0);
  }
  reap("init", init);
}

int main(void) {
  from_inside();
  from_above();
  own_faults();
  everybody();
  return 0;
}
