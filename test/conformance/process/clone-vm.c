/* process: clone(CLONE_VM) shares memory but not descriptors; the exit signal is free to choose.
 *
 * clone(2), CLONE_VM, CLONE_FILES; wait(2), __WCLONE and __WALL.
 */
#include "case.h"

static volatile int stored;
static int fd;

static int child_main(void *argument) {
  stored = (int)(long)argument;
  close(fd);
  return stored;
}

static pid_t start(int flags, int value) {
  char *stack = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
  return must("clone", clone(child_main, stack + 65536, flags, (void *)(long)value));
}

int main(void) {
  int status;
  fd = must("open", open("/dev/null", O_RDONLY));
  pid_t child = start(CLONE_VM | SIGCHLD, 11);
  reap("CLONE_VM child", child);
  show("its store", stored);
  show_ok("descriptor after CLONE_VM", fcntl(fd, F_GETFD));

  child = start(SIGCHLD, 12);
  reap("plain child", child);
  show("its store stays private", stored);

  child = start(CLONE_VM | CLONE_FILES, 13);
  show("waitpid without __WCLONE", waitpid(child, &status, 0));
  show_ok("waitpid with __WALL", waitpid(child, &status, __WALL));
  show_status("no-signal child", status);
  show("descriptor after CLONE_FILES", fcntl(fd, F_GETFD));

  child = start(CLONE_VM, 14);
  show_ok("waitpid with __WCLONE", waitpid(child, &status, __WCLONE));
  show_status("second no-signal child", status);
  return 0;
}
