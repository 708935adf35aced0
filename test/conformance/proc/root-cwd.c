/* proc: cwd, root and exe are magic links into the process's own view.
 *
 * proc(5), /proc/pid/cwd, root, exe, task; /proc/self and /proc/thread-self.
 */
#include "case.h"

static int same(const char *a, const char *b) {
  struct stat x, y;
  return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_ino == y.st_ino && x.st_dev == y.st_dev;
}

int main(void) {
  char target[4096], expected[64], cwd[4096];
  must("mkdir", mkdir("d", 0755)), must("chdir", chdir("d"));
  make_file("here", "");
  check("cwd is here", same("/proc/self/cwd", ".") && same("/proc/self/cwd/here", "here"));
  target[must("readlink", readlink("/proc/self/cwd", target, sizeof target - 1))] = 0;
  must("getcwd", getcwd(cwd, sizeof cwd) ? 0 : -1);
  check("cwd names the path", strcmp(target, cwd) == 0);
  check("root is /", same("/proc/self/root", "/"));
  target[must("readlink", readlink("/proc/self", target, sizeof target - 1))] = 0;
  check("/proc/self is our pid", atoi(target) == getpid());
  target[must("readlink", readlink("/proc/thread-self", target, sizeof target - 1))] = 0;
  snprintf(expected, sizeof expected, "%d/task/%d", getpid(), gettid());
  check("/proc/thread-self", strcmp(target, expected) == 0);
  snprintf(expected, sizeof expected, "/proc/self/task/%d/stat", gettid());
  show("task directory", access(expected, R_OK));
  show("task of nobody", access("/proc/self/task/999999", F_OK));
  int child_ready[2];
  must("pipe", pipe(child_ready));
  pid_t child = spawn();
  if (child == 0) {
    must("chroot", chroot("..")), must("chdir", chdir("/"));
    must("write", write(child_ready[1], "r", 1));
    for (;;) pause();
  }
  must("read", read(child_ready[0], target, 1));
  snprintf(expected, sizeof expected, "/proc/%d/root/d/here", child);
  show("a chrooted child's root from outside", access(expected, F_OK));
  kill(child, SIGKILL);
  reap("child", child);
  show("gone", access(expected, F_OK));
  return 0;
}
