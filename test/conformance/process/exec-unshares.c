/* process: execve() gives the program its own descriptor table and memory when it shared them.
 *
 * execve(2): "The file descriptor table is unshared, undoing the effect of the CLONE_FILES flag"; vfork resumes.
 */
#include "case.h"

static int child_main(void *unused) {
  execve("/proc/self/exe", (char *[]){ "case", "again", NULL }, NULL);
  return 1;
}

int main(int argc, char **argv) {
  if (argc > 1) {
    show("inherited", fcntl(50, F_GETFD));
    close(50);
    must("dup2", dup2(0, 51));
    if (chdir("/")) return 1;
    return 2;
  }
  static char stack[65536] __attribute__((aligned(16)));
  char before[4096], after[4096];
  must("dup2", dup2(0, 50));
  must("getcwd", getcwd(before, sizeof before) ? 0 : -1);
  int flags = CLONE_VM | CLONE_VFORK | CLONE_FILES | SIGCHLD;
  pid_t child = must("clone", clone(child_main, stack + sizeof stack, flags, NULL));
  reap("child", child);
  show("our descriptor 50", fcntl(50, F_GETFD));
  show("descriptor 51 stayed in the child", fcntl(51, F_GETFD));
  must("getcwd", getcwd(after, sizeof after) ? 0 : -1);
  check("our working directory stays", strcmp(before, after) == 0);
  return 0;
}
