/* process: CLONE_FS shares the working directory and umask; unshare() ends the sharing.
 *
 * clone(2), CLONE_FS, CLONE_FILES; unshare(2).
 */
#include "case.h"

static int wander(void *unshared) {
  if (unshared) must("unshare", unshare(CLONE_FS | CLONE_FILES));
  must("chdir", chdir("inside"));
  umask(unshared ? 011 : 007);
  close(50);
  return 0;
}

static void run(const char *name, int flags, void *argument) {
  char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  char cwd[4096];
  must("dup2", dup2(0, 50));
  reap(name, must("clone", clone(wander, stack + 65536, flags | SIGCHLD, argument)));
  must("getcwd", (long)getcwd(cwd, sizeof cwd) ? 0 : -1);
  mode_t mask = umask(022);
  say("  moved: %s, umask %03o, descriptor 50 open: %s", strcmp(strrchr(cwd, '/'), "/inside") ? "no" : "yes", mask,
      fcntl(50, F_GETFD) == -1 ? "no" : "yes");
  if (!strcmp(strrchr(cwd, '/'), "/inside")) must("chdir", chdir(".."));
}

int main(void) {
  must("mkdir", mkdir("inside", 0755));
  run("plain fork", 0, NULL);
  run("CLONE_FS", CLONE_FS, NULL);
  run("CLONE_FILES", CLONE_FILES, NULL);
  run("both", CLONE_FS | CLONE_FILES, NULL);
  run("both, then unshare", CLONE_FS | CLONE_FILES, "yes");
  show("unshare of nothing", unshare(0));
  show("unshare of unknown bits", unshare(0x1));
  return 0;
}
