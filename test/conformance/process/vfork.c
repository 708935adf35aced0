/* process: a vfork() child runs first, in the parent's memory, until it exits or execs.
 *
 * vfork(2).
 */
#include "case.h"

int main(int argc, char **argv) {
  static volatile int shared;
  if (argc > 1) return strcmp(argv[1], "after-exec") == 0 ? 9 : 1;
  pid_t child = vfork();
  if (child == 0) {
    shared = 5;
    _exit(4);
  }
  say("parent sees the child's store: %d", shared);
  reap("exiting child", child);

  char *arguments[] = { "case", "after-exec", NULL };
  child = vfork();
  if (child == 0) {
    shared = 6;
    execve("/proc/self/exe", arguments, NULL);
    _exit(1);
  }
  say("parent sees the second store: %d", shared);
  reap("execing child", child);

  child = vfork();
  if (child == 0) {
    execve("./missing", arguments, NULL);
    shared = errno;
    _exit(127);
  }
  say("errno of the failed exec: %s", errno_name(shared));
  reap("failing child", child);
  return 0;
}
