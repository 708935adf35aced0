/* file: chroot() changes what / and .. mean, but not open directories or the working directory.
 *
 * chroot(2).
 */
#include "case.h"

int main(void) {
  char cwd[4096];
  must("mkdir", mkdir("jail", 0755)), must("mkdir", mkdir("jail/sub", 0755));
  make_file("jail/inside", "in the jail"), make_file("outside", "");
  must("symlink", symlink("/inside", "jail/absolute"));
  int out = must("open", open(".", O_RDONLY));
  show("of a file", chroot("outside"));
  show("missing", chroot("missing"));
  show("before: the absolute link dangles", access("jail/absolute", F_OK));
  show("chroot", chroot("jail"));
  show("root is the jail", access("/inside", F_OK));
  show("absolute link", access("/absolute", F_OK));
  show("working directory is outside", access("outside", F_OK));
  text("getcwd", cwd, syscall(SYS_getcwd, cwd, sizeof cwd) > 0 ? 13 : -1);
  show("chdir into the jail", chdir("/sub"));
  text("getcwd", cwd, syscall(SYS_getcwd, cwd, sizeof cwd) - 1);
  show("..", chdir(".."));
  show(".. again", chdir("../../.."));
  show("still in the jail", access("inside", F_OK));
  show("an open descriptor leads out", faccessat(out, "outside", F_OK, 0));
  show("fchdir out", fchdir(out));
  show(".. from there climbs on", chdir(".."));
  pid_t child = spawn();
  if (child == 0) {
    show("the child is in the jail too", access("/inside", F_OK));
    must("setresuid", setresuid(1000, 1000, 1000));
    show("chroot as a user", chroot("/"));
    _exit(0);
  }
  reap("child", child);
  return 0;
}
