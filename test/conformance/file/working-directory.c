/* file: chdir, fchdir and getcwd agree, also after renames and in a removed directory.
 *
 * chdir(2), getcwd(3).
 */
#include "case.h"

static char start[4096];

static void where(const char *name) {
  char cwd[4096];
  if (!getcwd(cwd, sizeof cwd)) { show(name, -1); return; }
  say("%s: %s", name, strncmp(cwd, start, strlen(start)) == 0 ? cwd + strlen(start) : cwd);
}

int main(void) {
  char small[4];
  must("getcwd", getcwd(start, sizeof start) ? 0 : -1);
  must("mkdir", mkdir("a", 0755)), must("mkdir", mkdir("a/b", 0755));
  must("symlink", symlink("a/b", "link"));
  make_file("f", "");
  int home = must("open", open(".", O_RDONLY));
  show("chdir through a link", chdir("link"));
  where("real path");
  show("chdir ..", chdir(".."));
  where("its real parent");
  show("rename the directory we are in", rename("../a", "../moved"));
  where("renamed");
  show("getcwd too small", getcwd(small, sizeof small) ? 0 : -1);
  check("system call returns the length with the NUL",
      syscall(SYS_getcwd, start + 2048, 2048) == (long)strlen(start + 2048) + 1);
  show("system call, size 0", syscall(SYS_getcwd, small, 0));
  show("system call, bad pointer", syscall(SYS_getcwd, bad_pointer(), 4096));
  show("chdir to a file", chdir("../f"));
  show("chdir missing", chdir("missing"));
  show("fchdir", fchdir(home));
  where("back");
  show("fchdir to a file", fchdir(must("open", open("f", O_RDONLY))));
  show("fchdir closed", fchdir(99));
  must("mkdir", mkdir("gone", 0755)), must("chdir", chdir("gone"));
  must("rmdir", rmdir("../gone"));
  where("removed");
  show("open in a removed directory", open("x", O_CREAT | O_RDWR, 0644));
  show("mkdir in a removed directory", mkdir("x", 0755));
  show("dot still exists", access(".", F_OK));
  show("the parent too", chdir(".."));
  where("parent");
  must("chdir", chdir("/"));
  start[0] = 0;
  where("root");
  return 0;
}
