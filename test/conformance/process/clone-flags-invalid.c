/* process: clone() refuses combinations that make no sense.
 *
 * clone(2), ERRORS: CLONE_THREAD needs CLONE_SIGHAND, which needs CLONE_VM; CLONE_FS excludes CLONE_NEWNS; ...
 */
#include "case.h"
#include <linux/sched.h>

static void attempt(const char *name, unsigned long flags) {
  long child = syscall(SYS_clone, flags, NULL, NULL, NULL, NULL);
  if (child == 0) _exit(0);
  show_ok(name, child);
  if (child > 0) reap("  child", child);
}

int main(void) {
  attempt("CLONE_THREAD alone", CLONE_THREAD | SIGCHLD);
  attempt("CLONE_SIGHAND without CLONE_VM", CLONE_SIGHAND | SIGCHLD);
  attempt("CLONE_THREAD|CLONE_SIGHAND without CLONE_VM", CLONE_THREAD | CLONE_SIGHAND | SIGCHLD);
  attempt("CLONE_FS|CLONE_NEWNS", CLONE_FS | CLONE_NEWNS | SIGCHLD);
  attempt("CLONE_PIDFD|CLONE_PARENT_SETTID", CLONE_PIDFD | CLONE_PARENT_SETTID | SIGCHLD);
  attempt("CLONE_NEWIPC|CLONE_SYSVSEM", CLONE_NEWIPC | CLONE_SYSVSEM | SIGCHLD);
  attempt("CLONE_NEWUSER|CLONE_FS", CLONE_NEWUSER | CLONE_FS | SIGCHLD);
  attempt("CLONE_FS|CLONE_FILES", CLONE_FS | CLONE_FILES | SIGCHLD);
  attempt("CLONE_DETACHED is ignored", CLONE_DETACHED | SIGCHLD);
  attempt("CLONE_UNTRACED", CLONE_UNTRACED | SIGCHLD);
  return 0;
}
