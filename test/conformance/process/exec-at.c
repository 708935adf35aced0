/* process: execveat() and fexecve() run a descriptor or a path relative to one.
 *
 * execveat(2): AT_EMPTY_PATH, AT_SYMLINK_NOFOLLOW; fexecve(3) of a script needs an inheritable descriptor.
 */
#include "case.h"

static void attempt(const char *name, int dir, const char *path, int flags) {
  pid_t child = spawn();
  if (child == 0) {
    syscall(SYS_execveat, dir, path, (char *[]){ "case", "child", NULL }, (char *[]){ NULL }, flags);
    show(name, -1);
    _exit(1);
  }
  reap(name, child);
}

int main(int argc, char **argv) {
  if (argc > 1) return 42;
  int self = must("open", open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  int path_only = must("open O_PATH", open("/proc/self/exe", O_PATH | O_CLOEXEC));
  int bin = must("open /bin", open("/bin", O_RDONLY | O_DIRECTORY));
  make_file("script", "#!/bin/sh\nexit 9\n");
  must("chmod", chmod("script", 0755));
  must("symlink", symlink("/bin/true", "link"));
  int script = must("open", open("script", O_RDONLY)), closing = must("open", open("script", O_RDONLY | O_CLOEXEC));
  attempt("empty path", self, "", AT_EMPTY_PATH);
  attempt("empty path of an O_PATH descriptor", path_only, "", AT_EMPTY_PATH);
  attempt("empty path without the flag", self, "", 0);
  attempt("relative to a directory", bin, "true", 0);
  attempt("absolute path ignores the descriptor", -1, "/bin/true", 0);
  attempt("relative to a closed descriptor", 99, "true", 0);
  attempt("relative to a file", self, "true", 0);
  attempt("script by descriptor", script, "", AT_EMPTY_PATH);
  attempt("script by close-on-exec descriptor", closing, "", AT_EMPTY_PATH);
  attempt("symbolic link", AT_FDCWD, "link", 0);
  attempt("symbolic link, AT_SYMLINK_NOFOLLOW", AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW);
  attempt("unknown flag", AT_FDCWD, "/bin/true", 0x4000);
  return 0;
}
