/* file: paths deeper than PATH_MAX are reached step by step, and getcwd() then fails.
 *
 * getcwd(2): the system call gives ENAMETOOLONG beyond PATH_MAX; path_resolution(7).
 */
#include "case.h"

int main(void) {
  char name[201], cwd[8192];
  memset(name, 'd', 200), name[200] = 0;
  int start = must("open", open(".", O_RDONLY)), depth = 0;
  for (; depth < 25; depth++) {
    must("mkdir", mkdir(name, 0755));
    must("chdir", chdir(name));
  }
  show("getcwd of a 5000 byte path", syscall(SYS_getcwd, cwd, sizeof cwd));
  make_file("deep", "found");
  show("relative access", access("deep", F_OK));
  must("unlink", unlink("deep"));
  for (; depth > 0; depth--) {
    must("chdir", chdir(".."));
    must("rmdir", rmdir(name));
  }
  struct stat here, there;
  must("stat", stat(".", &here)), must("fstat", fstat(start, &there));
  check("back where we started", here.st_ino == there.st_ino);
  return 0;
}
