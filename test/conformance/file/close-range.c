/* file: close_range() closes or marks a range of descriptors, and can unshare the table first.
 *
 * close_range(2).
 */
#include "case.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_UNSHARE 2
#define CLOSE_RANGE_CLOEXEC 4
#endif

static void print(const char *name) {
  char line[16] = "";
  for (int fd = 10; fd < 20; fd++) {
    int flags = fcntl(fd, F_GETFD);
    line[fd - 10] = flags == -1 ? '.' : flags ? 'c' : 'o';
  }
  say("%s: %s", name, line);
}

static long range(unsigned first, unsigned last, int flags) { return syscall(SYS_close_range, first, last, flags); }

static int unsharer(void *unused) {
  show("child: unshare and close", range(10, 12, CLOSE_RANGE_UNSHARE));
  print("child");
  return 0;
}

int main(void) {
  static char stack[65536] __attribute__((aligned(16)));
  for (int fd = 10; fd < 20; fd++) must("dup2", dup2(0, fd));
  print("open");
  show("mark 12 to 14", range(12, 14, CLOSE_RANGE_CLOEXEC));
  print("marked");
  pid_t child = must("clone", clone(unsharer, stack + sizeof stack, CLONE_FILES | SIGCHLD, NULL));
  reap("child", child);
  print("ours");
  show("close 16 to 17", range(16, 17, 0));
  show("close them again", range(16, 17, 0));
  print("closed");
  show("first above last", range(5, 4, 0));
  show("unknown flag", range(10, 11, 8));
  show("to the end", range(11, ~0u, 0));
  print("rest");
  return 0;
}
